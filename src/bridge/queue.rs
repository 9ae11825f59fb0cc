use std::collections::VecDeque;

use super::FilmId;

/// The films that wait, in the order of input, and the one that each worker has, each with its job.
///
/// Films wait here and not in the workers: when a worker dies, only the film that it was reading dies with it.
#[derive(Debug)]
pub struct Queue<J> {
    waiting: VecDeque<(FilmId, J)>,
    reading: Vec<(usize, FilmId, J)>,
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), reading: Vec::new() }
    }
}

impl<J: Clone> Queue<J> {
    /// Puts a film at the end.
    pub fn push(&mut self, film: FilmId, job: J) {
        self.waiting.push_back((film, job));
    }

    /// Puts a film before all others.
    pub fn push_front(&mut self, film: FilmId, job: J) {
        self.waiting.push_front((film, job));
    }

    /// How many films wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether this worker has a film.
    pub fn is_busy(&self, worker: usize) -> bool {
        self.reading.iter().any(|(busy, ..)| *busy == worker)
    }

    /// The film that this worker reads next, from now on its own; `None` while it has one, or when none waits.
    pub fn next(&mut self, worker: usize) -> Option<(FilmId, J)> {
        if self.is_busy(worker) {
            return None;
        }
        let (film, job) = self.waiting.pop_front()?;
        self.reading.push((worker, film, job.clone()));
        Some((film, job))
    }

    /// The film that this worker has, has its answer. Its job.
    pub fn complete(&mut self, worker: usize, film: FilmId) -> Option<J> {
        let index = self.reading.iter().position(|(busy, reading, _)| (*busy, *reading) == (worker, film))?;
        Some(self.reading.swap_remove(index).2)
    }

    /// The worker has died: the film that it was reading, if it was.
    pub fn interrupt(&mut self, worker: usize) -> Option<(FilmId, J)> {
        let index = self.reading.iter().position(|(busy, ..)| *busy == worker)?;
        let (_, film, job) = self.reading.swap_remove(index);
        Some((film, job))
    }

    /// Forgets films that wait. One that is being read is finished first.
    pub fn remove(&mut self, is_removed: impl Fn(FilmId) -> bool) {
        self.waiting.retain(|(waiting, _)| !is_removed(*waiting));
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
    fn gives_a_worker_one_film_at_a_time_in_order() {
        let mut queue = filled(2);
        assert_eq!(queue.next(0), Some((FilmId(0), ())));
        assert_eq!(queue.next(0), None);
        assert_eq!(queue.complete(0, FilmId(0)), Some(()));
        assert_eq!(queue.next(0), Some((FilmId(1), ())));
    }

    #[test]
    fn every_film_is_read_once_whichever_worker_is_free() {
        let mut queue = filled(4);
        assert_eq!([queue.next(0), queue.next(1), queue.next(1)].map(|n| n.map(|n| n.0.0)), [Some(0), Some(1), None]);
        queue.complete(1, FilmId(1));
        assert_eq!(queue.next(1), Some((FilmId(2), ())));
        assert!(queue.is_busy(0) && queue.is_busy(1) && !queue.is_busy(2));
        assert_eq!(queue.waiting(), 1);
    }

    #[test]
    fn an_answer_for_another_film_or_worker_changes_nothing() {
        let mut queue = filled(2);
        queue.next(0);
        assert_eq!([queue.complete(0, FilmId(1)), queue.complete(1, FilmId(0))], [None, None]);
        assert_eq!(queue.next(0), None);
    }

    #[test]
    fn a_dead_worker_takes_its_own_film_with_it() {
        let mut queue = filled(3);
        queue.next(0);
        queue.next(1);
        assert_eq!(queue.interrupt(1), Some((FilmId(1), ())));
        assert_eq!(queue.interrupt(1), None);
        assert!(queue.is_busy(0));
        queue.push_front(FilmId(1), ());
        assert_eq!(queue.next(1), Some((FilmId(1), ())));
    }

    #[test]
    fn a_removed_film_is_not_read() {
        let mut queue = filled(3);
        queue.remove(|film| film == FilmId(0));
        assert_eq!(queue.next(0), Some((FilmId(1), ())));
        queue.remove(|_| true);
        assert_eq!(queue.next(1), None);
    }
}
