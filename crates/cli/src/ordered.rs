//! Work on all cores, results in the order of the items.

use std::collections::VecDeque;
use std::sync::mpsc;

/// Does `work` on each item on all cores and hands the results to `emit` in the order of the items, on this thread.
///
/// Items are taken only as results are handed on: a few for each core are in memory, however many there are and however
/// slow one of them is.
///
/// # Errors
/// The first error of `emit`; no further item is taken then.
pub fn each<I, R, E>(
    items: I,
    work: impl Fn(I::Item) -> R + Sync,
    mut emit: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    I: Iterator,
    I::Item: Send,
    R: Send,
{
    let window = 4 * rayon::current_num_threads();
    let work = &work;
    rayon::in_place_scope(|scope| {
        let mut pending: VecDeque<mpsc::Receiver<R>> = VecDeque::with_capacity(window);
        // A sender that is gone without a result means that `work` panicked; the scope passes the panic on.
        let mut hand_on = |result: mpsc::Receiver<R>| result.recv().map_or(Ok(()), &mut emit);
        for item in items {
            if pending.len() == window
                && let Some(oldest) = pending.pop_front()
            {
                hand_on(oldest)?;
            }
            let (sender, receiver) = mpsc::sync_channel(1);
            scope.spawn(move |_| {
                let _ = sender.send(work(item));
            });
            pending.push_back(receiver);
        }
        pending.into_iter().try_for_each(hand_on)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread::sleep;
    use std::time::Duration;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let mut results = Vec::new();
        let slow_first = |i: u64| {
            sleep(Duration::from_micros(if i.is_multiple_of(7) { 3000 } else { 10 }));
            i
        };
        each(0..200, slow_first, |i| {
            results.push(i);
            Ok::<_, ()>(())
        })
        .expect("no error");
        assert!(results.iter().copied().eq(0..200), "{results:?}");
    }

    #[test]
    fn few_items_are_in_memory_behind_a_slow_one() {
        let (taken, handed_on) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let items = (0..400).inspect(|_| {
            let ahead = taken.fetch_add(1, Ordering::Relaxed) - handed_on.load(Ordering::Relaxed);
            assert!(ahead <= 4 * rayon::current_num_threads(), "{ahead} items ahead");
        });
        let first_is_slow = |i: usize| sleep(Duration::from_millis(if i == 0 { 30 } else { 0 }));
        each(items, first_is_slow, |()| {
            handed_on.fetch_add(1, Ordering::Relaxed);
            Ok::<_, ()>(())
        })
        .expect("no error");
        assert_eq!(handed_on.into_inner(), 400);
    }

    #[test]
    fn an_error_stops_the_taking() {
        let mut taken = 0;
        let items = (0..10_000).inspect(|_| taken += 1);
        assert_eq!(each(items, |i| i, |i| if i < 3 { Ok(()) } else { Err(i) }), Err(3));
        assert!(taken < 10_000, "{taken}");
    }

    #[test]
    #[should_panic(expected = "seven")]
    fn a_panic_is_passed_on() {
        let _ = each(0..20, |i| assert_ne!(i, 7, "seven"), Ok::<_, ()>);
    }
}
