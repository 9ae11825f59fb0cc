//! The worker that keeps the history: the page starts it where there is one, or one is to be. It alone has the key, and what is
//! stored is sealed with it.

mod book;
mod store;
mod vault;

use std::{cell::RefCell, rc::Rc};

use crate::bridge::HistoryPort;
use book::Book;

/// Answers the page. A panic ends the worker, which the page hears.
pub fn run() {
    let port = HistoryPort::of_this_worker();
    let book: Rc<RefCell<Option<Book>>> = Rc::new(RefCell::new(Some(Book::new(port.clone()))));
    port.listen(move |question, attached| {
        let book = book.clone();
        async move {
            // Questions are answered one after the other: it is there.
            let mut own = book.borrow_mut().take().unwrap_or_else(|| unreachable!("two questions at once"));
            let answer = own.answer(question, attached).await;
            book.borrow_mut().replace(own);
            answer
        }
    });
}
