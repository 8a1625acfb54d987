//! How those who verify learn that there is more to read.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What can be done next with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    /// Bytes up to here can be read.
    To(u64),
    /// All bytes were read; this is the length of the file.
    Whole(u64),
    /// Nobody wants the outcome any more.
    Abandoned,
}

/// Rung by whoever changes something; threads wait for it, one of them for each ring.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<u64>,
    heard: Condvar,
}

impl Bell {
    /// Something has changed.
    pub(crate) fn ring(&self) {
        *self.lock() += 1;
        self.heard.notify_one();
    }

    /// How often it was rung, to be asked before one looks whether there is something to do.
    pub(crate) fn rung(&self) -> u64 {
        *self.lock()
    }

    /// Blocks until it was rung more often than that.
    pub(crate) fn wait(&self, heard: u64) {
        let mut rung = self.lock();
        while *rung == heard {
            rung = self
                .heard
                .wait(rung)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
