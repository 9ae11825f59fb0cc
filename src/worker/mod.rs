//! The worker: loads the model once, then reads the films it is given, one after the other.

mod download;
mod load;
mod look;
#[cfg(feature = "tract")]
mod own;
mod read;
mod show;
mod stream;
mod warm_up;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use lungfield_reader::{Reader, Site};
use wasm_bindgen::UnwrapThrowExt;
use wasm_bindgen_futures::spawn_local;

use crate::bridge::{FromWorker, Port, ToWorker};

/// Listens to the page. A panic ends the worker; the page hears of it and starts another.
pub fn run() {
    let port = Port::of_this_worker().unwrap_throw();
    let reader: Rc<RefCell<Option<Reader>>> = Rc::default();
    let last_read: Rc<Cell<Option<f64>>> = Rc::default();
    let kept: RefCell<Option<look::Close>> = RefCell::default();
    #[cfg(feature = "tract")]
    let own: RefCell<Option<lungfield_reader::own::OwnModel>> = RefCell::default();
    let replies = port.clone();
    port.listen(move |message, file| match message {
        ToWorker::Load { manifest, site } => {
            spawn_local(load(replies.clone(), reader.clone(), last_read.clone(), manifest, site));
        }
        ToWorker::Show { film, location } => show::show(&replies, film, location, file.as_ref()),
        ToWorker::Look { film, location, by_hand, part, most } => {
            let reader = reader.borrow();
            let reader = reader.as_ref().expect_throw("a film came before the model was ready");
            let close = kept.take().filter(|close| close.is_of(film, by_hand));
            let close = close.or_else(|| look::Close::open(reader, film, location, by_hand, file.as_ref()));
            if let Some(close) = &close {
                replies.send_looked(film, close.film.part(part, most), close.film.shown);
            }
            *kept.borrow_mut() = close;
        }
        #[cfg(feature = "tract")]
        ToWorker::OpenOwn => *own.borrow_mut() = own::open_model(&replies, file.as_ref()),
        #[cfg(feature = "tract")]
        ToWorker::ReadOwn { film, name, location, by_hand } => {
            let (reader, own) = (reader.borrow(), own.borrow());
            let both = reader.as_ref().zip(own.as_ref()).expect_throw("a film came before the model was open");
            own::read(&replies, both, film, (&name, location, by_hand), file.as_ref());
        }
        #[cfg(not(feature = "tract"))]
        ToWorker::OpenOwn | ToWorker::ReadOwn { .. } => {
            replies.send(&FromWorker::OwnRefused { reason: "this worker has no tract".into() });
        }
        ToWorker::Read { film, name, location, by_hand, visible } => {
            kept.take();
            last_read.set(Some(read::clock()()));
            let reader = reader.borrow();
            let reader = reader.as_ref().expect_throw("a film came before the model was ready");
            let request = read::Request { film, name: &name, location, by_hand, visible };
            read::read(&replies, reader, request, file.as_ref());
        }
    });
}

async fn load(
    port: Port,
    slot: Rc<RefCell<Option<Reader>>>,
    last_read: Rc<Cell<Option<f64>>>,
    manifest: String,
    site: Option<Box<Site>>,
) {
    match load::load(&port, &manifest).await {
        Ok(reader) => {
            let manifest = Box::new(reader.manifest().clone());
            let site = site.filter(|site| site.is_for(&manifest));
            slot.replace(match site {
                Some(site) => reader.at_site(*site).ok(),
                None => Some(reader),
            });
            port.send(&FromWorker::Ready { manifest });
            warm_up::warm_up(&slot, &last_read).await;
        }
        Err(failure) => port.send(&FromWorker::NotReady { failure }),
    }
}
