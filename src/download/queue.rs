//! Who fetches what next: a queue of pieces over the files in order (`engine.md`, `design.md` section 7 rule 4).
//!
//! Pure bookkeeping, without disk, clock and network. A file is waiting, then its first request is on its way
//! (`Opening`), then its length is known and its missing bytes are handed out in pieces (`Open`), until it is settled.

use std::collections::VecDeque;
use std::ops::Range;

use crate::http::range::ByteRange;

/// The largest piece. Large enough that the round trip between two pieces is nothing beside it, small enough that the
/// files complete in order and can be verified while the next ones stream.
const LARGEST: u64 = 16 << 20;

/// The smallest piece: below this the round trip costs more than an idle connection at the end of the set.
const SMALLEST: u64 = 1 << 20;

/// A rest of this size or less goes along with the piece before it: it is hardly worth a request of its own.
const REST: u64 = SMALLEST / 4;

/// So much of a file is asked for where its length is not known.
pub(super) const FIRST: u64 = LARGEST + REST;

/// Towards the end of the set every connection should still get this many pieces, so that all end at about the same
/// time.
const PIECES_LEFT_PER_JOB: u64 = 2;

/// Files that are in work at once when they are worth splitting. Only at the very start, when no length is known, each
/// connection opens one: to wait for the first reply would cost every other connection the time of a handshake.
const OPENING: usize = 2;

/// What is known about the server's range support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ranges {
    /// Nobody asked yet.
    Unknown,
    /// A reply said that there are (`Accept-Ranges: bytes`): reason enough for all connections to ask at once.
    Announced,
    /// One range request is under way; the others wait for its outcome.
    Asked,
    /// A 206 came that was right in every respect.
    Proven,
    /// A range request was answered with the whole file.
    Refused,
}

#[derive(Debug)]
enum Slot {
    Waiting,
    Opening,
    Open {
        unclaimed: VecDeque<ByteRange>,
        /// Whether other connections may take pieces.
        split: bool,
        /// Whether the ordinary request that opened the file is still streaming.
        front: bool,
        /// Where what was missing of it ends.
        end: u64,
    },
    Settled,
}

/// What a connection does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send the first request of this file.
    Open(usize),
    /// Fetch a piece of this file.
    Piece(usize, ByteRange),
    /// Nothing now; ask again when something has changed.
    Wait,
    /// All files are settled.
    Nothing,
}

/// How an open reply goes on beyond what was claimed for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extension {
    /// With this stretch, which nobody took.
    Piece(ByteRange),
    /// Maybe it does: another connection asks for what follows, and it may turn out that the server has no ranges.
    Wait,
    /// Not at all: others fetch what follows.
    End,
}

/// What came with the reply that told the length of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// No body: an earlier run left the length.
    Nothing,
    /// So many bytes from the start.
    Part(u64),
    /// All of it: the connection can go on for as long as nobody else fetches what follows.
    Whole,
}

/// The queue of one run.
#[derive(Debug)]
pub(crate) struct Queue {
    jobs: u64,
    slots: Vec<Slot>,
    /// Before these all are settled, and behind them all are waiting: there can be tens of thousands, and every connection
    /// looks through them for each piece.
    in_work: Range<usize>,
    /// Files that may be begun and not settled: each has files open here.
    room: usize,
    ranges: Ranges,
    /// The file opened last was no longer than a piece, so the next ones will hardly be worth waiting for.
    small: bool,
}

impl Queue {
    /// For this many files over at most `jobs` connections.
    pub(crate) fn new(files: usize, jobs: usize) -> Queue {
        Queue {
            jobs: jobs.max(1) as u64,
            slots: (0..files).map(|_| Slot::Waiting).collect(),
            in_work: 0..0,
            room: usize::MAX,
            ranges: Ranges::Unknown,
            small: false,
        }
    }

    /// The same without a request for a part of a file.
    pub(crate) fn without_ranges(self) -> Queue {
        Queue {
            ranges: Ranges::Refused,
            ..self
        }
    }

    /// The same with at most so many files that are begun and not settled.
    pub(crate) fn with_room_for(self, files: usize) -> Queue {
        Queue {
            room: files.max(1),
            ..self
        }
    }

    /// What the asking connection does next: a piece of the first file that has one, else the next file.
    pub(crate) fn next_task(&mut self) -> Next {
        let is_settled = |slot: &&Slot| matches!(slot, Slot::Settled);
        self.in_work.start += self.active().iter().take_while(is_settled).count();
        if self.in_work.start == self.slots.len() {
            return Next::Nothing;
        }
        if self.ranges != Ranges::Asked
            && let Some((index, piece)) = self.take_piece()
        {
            if self.ranges == Ranges::Unknown {
                self.ranges = Ranges::Asked;
            }
            return Next::Piece(index, piece);
        }
        let in_work = self
            .active()
            .iter()
            .filter(|slot| match slot {
                Slot::Opening => true,
                Slot::Open {
                    unclaimed, split, ..
                } => *split && !unclaimed.is_empty(),
                Slot::Waiting | Slot::Settled => false,
            })
            .count();
        let nothing_known = !self
            .active()
            .iter()
            .any(|slot| matches!(slot, Slot::Open { .. }));
        let in_order = if self.small || nothing_known || self.ranges == Ranges::Refused {
            usize::MAX
        } else {
            OPENING
        };
        let begun = |slot: &&Slot| matches!(slot, Slot::Opening | Slot::Open { .. });
        let has_room = self.active().iter().filter(begun).count() < self.room;
        match self.first_waiting() {
            Some(index) if in_work < in_order && has_room => {
                self.set(index, Slot::Opening);
                Next::Open(index)
            }
            _ => Next::Wait,
        }
    }

    /// The files in work, and those among them that are settled or wait for another turn.
    fn active(&self) -> &[Slot] {
        &self.slots[self.in_work.clone()]
    }

    fn first_waiting(&self) -> Option<usize> {
        let is_waiting = |slot: &Slot| matches!(slot, Slot::Waiting);
        let again = self.active().iter().position(is_waiting);
        let next = Some(self.in_work.end).filter(|index| *index < self.slots.len());
        again.map(|place| self.in_work.start + place).or(next)
    }

    fn take_piece(&mut self) -> Option<(usize, ByteRange)> {
        let size = self.piece_size();
        let refused = self.ranges == Ranges::Refused;
        for index in self.in_work.clone() {
            let slot = &mut self.slots[index];
            if let Slot::Open {
                unclaimed,
                split,
                front,
                ..
            } = slot
                // Its own stream fetches all of it. Where that has ended, whatever is left needs somebody.
                && (*split || !*front)
                && !(refused && *front)
                && let Some(piece) = take_front(unclaimed, size)
            {
                return Some((index, piece));
            }
        }
        None
    }

    /// Large while files wait, finer towards the end of the set; all of it for a single connection, which gains
    /// nothing from pieces.
    fn piece_size(&self) -> u64 {
        if self.jobs == 1 {
            return u64::MAX;
        }
        if self.first_waiting().is_some() {
            return LARGEST;
        }
        let left: u64 = self
            .active()
            .iter()
            .map(|slot| match slot {
                Slot::Open { unclaimed, .. } => unclaimed.iter().map(|range| range.len()).sum(),
                _ => 0,
            })
            .sum();
        (left / (self.jobs * PIECES_LEFT_PER_JOB)).clamp(SMALLEST, LARGEST)
    }

    /// The length of an opening file is known, and these bytes of it are missing. Gives the stretch that the opening
    /// connection fetches itself: all of it up to the next gap when the file is not to be split, else a first piece.
    pub(crate) fn opened(
        &mut self,
        index: usize,
        missing: Vec<ByteRange>,
        split: bool,
        opening: Opening,
    ) -> Option<ByteRange> {
        let left: u64 = missing.iter().map(|range| range.len()).sum();
        self.small = left <= LARGEST;
        // Whoever resumes has several gaps, and no server that can't do ranges can fill the second.
        let split = split && self.ranges != Ranges::Refused;
        let front = opening == Opening::Whole;
        let end = missing.last().map_or(0, |range| range.end());
        self.set(
            index,
            Slot::Open {
                unclaimed: missing.into(),
                split,
                front,
                end,
            },
        );
        let size = if split { self.piece_size() } else { u64::MAX };
        let Slot::Open { unclaimed, .. } = &mut self.slots[index] else {
            return None;
        };
        match opening {
            // A reply that is not read to its end costs its connection.
            Opening::Part(bytes) if size >= LARGEST => take_up_to(unclaimed, bytes, bytes),
            Opening::Part(bytes) => take_up_to(unclaimed, size.min(bytes), bytes.min(size + REST)),
            Opening::Whole | Opening::Nothing => take_front(unclaimed, size),
        }
    }

    /// What a connection does that holds an open reply, which goes up to `upto`, and has reached `at`.
    pub(crate) fn extend(&mut self, index: usize, at: u64, upto: u64) -> Extension {
        let size = self.piece_size();
        let most = upto.saturating_sub(at);
        let Slot::Open {
            unclaimed,
            split,
            front,
            end,
        } = &mut self.slots[index]
        else {
            return Extension::End;
        };
        let size = if *split { size } else { u64::MAX };
        let follows = most > 0 && unclaimed.front().is_some_and(|first| first.start() == at);
        let more = if follows {
            take_up_to(
                unclaimed,
                size.min(most),
                size.saturating_add(REST).min(most),
            )
        } else {
            None
        };
        match more {
            Some(more) => Extension::Piece(more),
            None if *split && self.ranges == Ranges::Asked => Extension::Wait,
            // What a server announces it may still refuse to those who fetch what follows, and refuse to one after the other.
            None if matches!(self.ranges, Ranges::Announced | Ranges::Refused) && at < *end => {
                Extension::Wait
            }
            None => {
                *front = false;
                Extension::End
            }
        }
    }

    /// The ordinary request that opened the file is over, before it came to its end.
    pub(crate) fn front_ended(&mut self, index: usize) {
        if let Slot::Open { front, .. } = &mut self.slots[index] {
            *front = false;
        }
    }

    /// The range that the first request of a file may ask for.
    /// Nothing for the first file of a run, which shows what an ordinary request does, and where there are no ranges.
    pub(crate) fn first_piece(&self, index: usize) -> Option<ByteRange> {
        let under_way = |slot: &Slot| matches!(slot, Slot::Opening | Slot::Open { .. });
        let may = match self.ranges {
            Ranges::Proven | Ranges::Announced => true,
            Ranges::Unknown | Ranges::Asked => self.slots[..index]
                .iter()
                .skip(self.in_work.start)
                .any(under_way),
            Ranges::Refused => false,
        };
        if may && self.jobs > 1 {
            ByteRange::new(0, FIRST)
        } else {
            None
        }
    }

    /// A reply said that the server serves ranges.
    pub(crate) fn ranges_announced(&mut self) {
        if matches!(self.ranges, Ranges::Unknown | Ranges::Asked) {
            self.ranges = Ranges::Announced;
        }
    }

    /// A range request was answered as it should be.
    pub(crate) fn ranges_proven(&mut self) {
        self.ranges = Ranges::Proven;
    }

    /// Whether a range request was answered as it should be in this run.
    pub(crate) fn has_ranges(&self) -> bool {
        self.ranges == Ranges::Proven
    }

    /// Whether the ordinary request that opened the file is still streaming.
    pub(crate) fn is_streaming(&self, index: usize) -> bool {
        matches!(self.slots[index], Slot::Open { front: true, .. })
    }

    /// The first request of a file asked for a range, and the whole file comes.
    pub(crate) fn ranges_ignored(&mut self) {
        if self.ranges != Ranges::Proven {
            self.ranges = Ranges::Refused;
        }
    }

    /// A range request came to nothing and said nothing about range support (a cut line): the next one asks again.
    pub(crate) fn ranges_unanswered(&mut self) {
        if matches!(self.ranges, Ranges::Asked | Ranges::Announced) {
            self.ranges = Ranges::Unknown;
        }
    }

    /// A range request was answered with the whole file before any was ever answered rightly: the server has no
    /// ranges. Gives the piece back. True: the connection that opened the file is still streaming and will come by.
    /// False: nobody will, the file must be fetched from zero.
    pub(crate) fn ranges_refused(&mut self, index: usize, piece: ByteRange) -> bool {
        if self.ranges == Ranges::Proven {
            return false;
        }
        self.ranges = Ranges::Refused;
        match &mut self.slots[index] {
            Slot::Open {
                unclaimed,
                split,
                front,
                ..
            } => {
                *split = false;
                unclaimed.push_front(piece);
                unclaimed
                    .make_contiguous()
                    .sort_by_key(|range| range.start());
                *front
            }
            _ => false,
        }
    }

    /// The file starts over by the connection that says so.
    pub(crate) fn reopening(&mut self, index: usize) {
        self.set(index, Slot::Opening);
        self.ranges_unanswered();
    }

    /// The file starts over by whoever comes next.
    pub(crate) fn wait_again(&mut self, index: usize) {
        self.set(index, Slot::Waiting);
    }

    /// Gives a piece back that need not be asked for: the server has no ranges, and the stream of the file will come by.
    pub(crate) fn goes_with_the_stream(&mut self, index: usize, piece: ByteRange) -> bool {
        self.ranges == Ranges::Refused
            && self.is_streaming(index)
            && self.ranges_refused(index, piece)
    }

    /// What is settled stays so: a connection may learn late that another one gave the file up.
    fn set(&mut self, index: usize, slot: Slot) {
        if !matches!(self.slots[index], Slot::Settled) {
            self.slots[index] = slot;
            self.in_work.end = self.in_work.end.max(index + 1);
        }
    }

    /// Nobody is to fetch anything of this file any more.
    pub(crate) fn settle(&mut self, index: usize) {
        self.set(index, Slot::Settled);
    }
}

/// Up to `size` bytes from the front, or a little more.
fn take_front(unclaimed: &mut VecDeque<ByteRange>, size: u64) -> Option<ByteRange> {
    take_up_to(unclaimed, size, size.saturating_add(REST))
}

/// `size` bytes from the front, or all of them when they are no more than `most`.
fn take_up_to(unclaimed: &mut VecDeque<ByteRange>, size: u64, most: u64) -> Option<ByteRange> {
    let first = unclaimed.pop_front()?;
    if first.len() <= most {
        return Some(first);
    }
    let cut = first.start() + size;
    if let Some(rest) = ByteRange::new(cut, first.end()) {
        unclaimed.push_front(rest);
    }
    ByteRange::new(first.start(), cut)
}

#[cfg(test)]
mod tests;
