use lungfield_contract::{ByHand, Stage};

use super::{
    CACHED_PICTURES, FilmId, Member,
    queue::Queue,
    source::{Source, Sources},
    worker_handle::WorkerHandle,
};

/// The worker that is always there. The others come when many films wait, and go when none does.
pub(super) const PRIMARY: usize = 0;
/// So many films must wait for one more worker to be worth loading a model for.
const BATCH_SIZE: usize = 4;
/// A worker that has read so many films is replaced once it has nothing to do: what it has in memory never shrinks, and is
/// as much as its largest film took and what the browser has not collected yet.
const RECYCLE_AFTER_FILMS: u32 = 50;

/// What is wanted of a film that waits.
#[derive(Clone, Copy)]
pub(super) struct Job {
    /// What the user has put where it is.
    pub by_hand: ByHand,
    /// It is on the screen.
    pub visible: bool,
}

/// The workers, the films and the queue between them, with every decision that needs no browser.
pub(super) struct PoolState {
    /// A slot for each worker.
    pub workers: Vec<Option<WorkerHandle>>,
    /// The primary worker while another gets ready to take its place.
    pub retiring: Option<WorkerHandle>,
    pub sources: Sources,
    pub queue: Queue<Job>,
    /// The primary worker, which the start script has begun, reads JPEG and PNG alone.
    pub is_small: bool,
    /// The film that is to be seen as it came, while the model is on its way.
    pub early: Option<FilmId>,
    /// How many workers may run.
    limit: usize,
}

impl PoolState {
    /// No film and no worker, of which `limit` may run at once.
    pub fn new(limit: usize) -> Self {
        let limit = limit.max(1);
        let workers = (0..limit).map(|_| None).collect();
        Self {
            workers,
            retiring: None,
            sources: Sources::default(),
            queue: Queue::default(),
            is_small: false,
            early: None,
            limit,
        }
    }

    /// Whether so many films wait that the page needs the processor for itself while it draws.
    pub fn is_crowded(&self) -> bool {
        self.queue.waiting() >= BATCH_SIZE
    }

    /// Whether this worker has nothing to do, now or next.
    pub fn is_idle(&self, worker: usize) -> bool {
        self.queue.waiting() == 0 && !self.queue.is_busy(worker)
    }

    /// Whether the page is told how this worker's loading goes: not of one of several, or of one that replaces another.
    pub fn reports_loading(&self, worker: usize) -> bool {
        worker == PRIMARY && self.retiring.is_none()
    }

    /// Where one more worker is to be started, if one is: many films wait and all others have read one. So the first answer
    /// waits for nobody's loading, and they do not all load at once.
    pub fn slot_to_fill(&self) -> Option<usize> {
        let running = self.workers.iter().flatten().count();
        let all_have_read =
            self.workers[PRIMARY].is_some() && self.workers.iter().flatten().all(|handle| handle.films_read > 0);
        let wanted = self.is_crowded() && all_have_read && running < self.limit;
        if wanted { self.workers.iter().position(Option::is_none) } else { None }
    }

    /// Whether the primary worker is to be replaced by a fresh one.
    pub fn needs_recycling(&self) -> bool {
        let handle = self.workers[PRIMARY].as_ref();
        handle.is_some_and(|handle| handle.ready && handle.films_read >= RECYCLE_AFTER_FILMS) && self.is_idle(PRIMARY)
    }

    /// A worker's code has loaded.
    pub fn set_started(&mut self, worker: usize) {
        if let Some(handle) = &mut self.workers[worker] {
            handle.started = true;
        }
    }

    /// The film that the primary worker is to show now, once; `None` before its code has loaded and after its model has, when the film
    /// is read as soon.
    pub fn next_early(&mut self) -> Option<(FilmId, Source)> {
        let handle = self.workers[PRIMARY].as_mut().filter(|handle| handle.started && !handle.ready)?;
        let film = self.early.take()?;
        let source = self.sources.get(film).cloned()?;
        handle.shows = true;
        Some((film, source))
    }

    /// Whether a worker was showing a film without a model when it died.
    pub fn was_showing(&mut self, worker: usize) -> bool {
        self.workers[worker].as_mut().is_some_and(|handle| std::mem::take(&mut handle.shows))
    }

    /// A worker has its model.
    pub fn set_ready(&mut self, worker: usize, ready: bool) {
        if let Some(handle) = &mut self.workers[worker] {
            (handle.ready, handle.shows) = (ready, false);
        }
        if ready {
            self.early = None;
        }
    }

    /// The film that a worker reads has come to this stage.
    pub fn set_stage(&mut self, worker: usize, stage: Stage) {
        if let Some(handle) = &mut self.workers[worker] {
            handle.stage = stage;
        }
    }

    /// What this worker reads from now on, with whether a picture of it is sent; `None` when it is busy or not ready, or no
    /// film waits.
    pub fn next_job(&mut self, worker: usize) -> Option<(FilmId, Source, Job)> {
        self.workers[worker].as_ref().filter(|handle| handle.ready)?;
        loop {
            let (film, job) = self.queue.next(worker)?;
            if let Some(source) = self.sources.get(film).cloned() {
                self.set_stage(worker, Stage::Decode);
                let visible = job.visible || self.queue.waiting() < CACHED_PICTURES;
                return Some((film, source, Job { visible, ..job }));
            }
            // Removed, or replaced by what it holds, while it was read.
            self.queue.complete(worker, film);
        }
    }

    /// Where a film is that is to be looked at closely; `None` when it is gone, or the primary worker is not ready.
    pub fn source_to_look_at(&self, film: FilmId) -> Option<Source> {
        self.workers[PRIMARY].as_ref().filter(|handle| handle.ready)?;
        self.sources.get(film).cloned()
    }

    /// A worker has found that this film is an archive or a file-set: its members are read where the one would have been.
    pub fn expand(&mut self, worker: usize, film: FilmId, members: Vec<(String, Member)>) -> Vec<(FilmId, String)> {
        let job = self.queue.complete(worker, film);
        let films = self.sources.replace(film, members).unwrap_or_default();
        for (nth, film) in films.iter().enumerate().rev() {
            let visible = nth == 0 && job.is_some_and(|job| job.visible);
            self.queue.push_front(*film, Job { by_hand: ByHand::default(), visible });
        }
        self.sources.named(&films)
    }

    /// A worker has read this film; whether it is on the screen.
    pub fn complete(&mut self, worker: usize, film: FilmId) -> bool {
        if let Some(handle) = &mut self.workers[worker] {
            handle.films_read += 1;
        }
        self.queue.complete(worker, film).is_some_and(|job| job.visible)
    }

    /// A worker has died: whether it was ready, and the film that it was reading, at which stage.
    pub fn interrupt(&mut self, worker: usize) -> (bool, Option<(FilmId, Job, Stage)>) {
        let handle = self.workers[worker].as_mut();
        let (ready, stage) =
            handle.map_or((false, Stage::Decode), |handle| (std::mem::take(&mut handle.ready), handle.stage));
        (ready, self.queue.interrupt(worker).map(|(film, job)| (film, job, stage)))
    }

    /// Ends every worker. What they were reading waits again, before all others.
    pub fn end_all(&mut self) {
        for worker in (0..self.workers.len()).rev() {
            if let Some((film, job)) = self.queue.interrupt(worker) {
                self.queue.push_front(film, job);
            }
            self.workers[worker] = None;
        }
    }

    /// Ends a worker for good: what failed once would fail again.
    pub fn remove_worker(&mut self, worker: usize) {
        self.workers[worker] = None;
        self.limit = self.workers.iter().flatten().count().max(1);
    }
}
