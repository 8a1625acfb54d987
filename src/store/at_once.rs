//! Several things done at once, on as many threads as there are to be had.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Builder};

/// What `work` makes of each, in their order; begun in their order, too.
pub(crate) fn map<T: Sync, R: Send + Sync>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let done: Vec<OnceLock<R>> = items.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let run = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(place) else {
                return;
            };
            let _ = done[place].set(work(item));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            // Where there is no further thread to be had, those that are there do all of it.
            if Builder::new().spawn_scoped(scope, run).is_err() {
                break;
            }
        }
        run();
    });
    let done = done.into_iter().map(OnceLock::into_inner);
    done.map(|made| made.expect("all of it was done")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_is_done_in_order_whatever_the_number_of_threads() {
        let items: Vec<usize> = (0..100).collect();
        for threads in [0, 1, 7, 1000] {
            let doubled = map(&items, threads, |item| 2 * item);
            assert!(doubled.iter().zip(&items).all(|(two, one)| *two == 2 * one));
            assert_eq!(doubled.len(), items.len());
        }
    }
}
