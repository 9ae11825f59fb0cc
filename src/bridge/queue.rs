use std::collections::VecDeque;

use super::FilmId;

/// The films that wait for the worker, in the order of input, and the one that it has.
///
/// Films wait here and not in the worker: when a worker dies, only the film that it was reading dies with it.
#[derive(Debug)]
pub struct Queue<F> {
    waiting: VecDeque<(FilmId, F)>,
    reading: Option<FilmId>,
}

impl<F> Default for Queue<F> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), reading: None }
    }
}

impl<F> Queue<F> {
    /// Puts a film at the end.
    pub fn push(&mut self, film: FilmId, file: F) {
        self.waiting.push_back((film, file));
    }

    /// The film to read next, from now on the one being read; `None` while another is, or when none waits.
    pub fn next(&mut self) -> Option<(FilmId, F)> {
        if self.reading.is_some() {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.reading = Some(next.0);
        Some(next)
    }

    /// The film being read has its answer.
    pub fn answered(&mut self, film: FilmId) {
        if self.reading == Some(film) {
            self.reading = None;
        }
    }

    /// The worker has died: the film that it was reading, if it was.
    pub fn interrupted(&mut self) -> Option<FilmId> {
        self.reading.take()
    }

    /// Forgets a film that waits. One that is being read is finished first.
    pub fn remove(&mut self, film: FilmId) {
        self.waiting.retain(|(waiting, _)| *waiting != film);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(count: u32) -> Queue<()> {
        let mut queue = Queue::default();
        (0..count).for_each(|i| queue.push(FilmId(i), ()));
        queue
    }

    #[test]
    fn gives_one_film_at_a_time_in_order() {
        let mut queue = filled(2);
        assert_eq!(queue.next(), Some((FilmId(0), ())));
        assert_eq!(queue.next(), None);
        queue.answered(FilmId(0));
        assert_eq!(queue.next(), Some((FilmId(1), ())));
    }

    #[test]
    fn an_answer_for_another_film_changes_nothing() {
        let mut queue = filled(2);
        queue.next();
        queue.answered(FilmId(1));
        assert_eq!(queue.next(), None);
    }

    #[test]
    fn a_dead_worker_takes_one_film_with_it() {
        let mut queue = filled(2);
        queue.next();
        assert_eq!(queue.interrupted(), Some(FilmId(0)));
        assert_eq!(queue.interrupted(), None);
        assert_eq!(queue.next(), Some((FilmId(1), ())));
    }

    #[test]
    fn a_removed_film_is_not_read() {
        let mut queue = filled(3);
        queue.remove(FilmId(0));
        assert_eq!(queue.next(), Some((FilmId(1), ())));
    }
}
