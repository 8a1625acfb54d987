//! Every file's life, and who fetches what next: plain data, without clock, disk and network (`engine.md`,
//! `design.md` section 7 rule 4).
//!
//! `P` is what is there of one version of a file. It is only kept here, and told from the one before it: whoever still
//! holds that one has nothing to say about the file any more.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use super::error::DownloadError;
use crate::http::range::ByteRange;
use crate::integrity::Corrupt;
use crate::model::FileName;
use crate::problem::Problem;

/// The largest piece. Large enough that the round trip between two pieces is nothing beside it, small enough that the
/// files complete in order and can be verified while the next ones stream.
const LARGEST: u64 = 16 << 20;

/// The smallest piece: below this the round trip costs more than an idle connection at the end of the set.
pub(super) const SMALLEST: u64 = 1 << 20;

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

/// Files that may be on this machine at once where they only pass through: two in work, and one that is being uploaded. More
/// while all of them together are small; one of which the length is not known counts as a whole piece.
pub(crate) const STAGED_FILES: usize = 3;
const STAGED_BYTES: u64 = 3 * LARGEST;

/// A file that was started over this often is fetched in one stream from then on.
const SPLIT_AGAIN: u32 = 2;

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

enum Life {
    Waiting,
    /// Its first request is under way, or somebody is about to start it over.
    Opening,
    /// Its length is known, unless `end` is 0.
    Open(Pieces),
    /// It is verified as it is, and on its way to its final name.
    Sealed,
    /// It has its final name, or was given up.
    Settled,
}

/// What is missing of a file.
struct Pieces {
    unclaimed: VecDeque<ByteRange>,
    /// Whether other connections may take pieces.
    split: bool,
    /// Whether the ordinary request that opened the file is still streaming.
    streaming: bool,
    /// Where what was missing of it ends.
    end: u64,
}

/// One file of the run.
pub(super) struct Tracked<P> {
    pub(super) name: FileName,
    life: Life,
    part: Option<Arc<P>>,
    restarts: u32,
    /// Arrived corrupt once: the next time in one stream from zero, the plainest way there is. Only where that breaks off a
    /// range goes on, for on a line that always breaks the file would never come otherwise.
    corrupt_before: Option<Corrupt>,
    /// The server was caught lying about ranges of this file.
    pub(super) one_stream: bool,
    /// Its validators say nothing: they differ where the bytes are the same.
    pub(super) by_bytes: bool,
    pub(super) started: Option<Instant>,
    /// Length, once it was known; stays known when the file starts over or is done.
    pub(super) length: Option<u64>,
}

impl<P> Tracked<P> {
    /// Whether several connections may fetch it at once.
    pub(super) fn may_split(&self) -> bool {
        !self.one_stream && self.corrupt_before.is_none()
    }

    pub(super) fn is_restarted(&self) -> bool {
        self.restarts > 0
    }

    pub(super) fn is_settled(&self) -> bool {
        matches!(self.life, Life::Settled)
    }

    pub(super) fn part(&self) -> Option<&Arc<P>> {
        self.part.as_ref()
    }

    fn has(&self, part: &Arc<P>) -> bool {
        let current = self.part.as_ref();
        current.is_some_and(|current| Arc::ptr_eq(current, part))
    }
}

/// What a connection does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Send the first request of this file.
    Open(usize),
    Piece(usize, ByteRange),
    /// Nothing now; ask again when something has changed.
    Wait,
    /// All files are settled.
    Nothing,
}

/// How an open reply goes on beyond what was claimed for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extension {
    /// With this stretch, which nobody took.
    Piece(ByteRange),
    /// Maybe it does: another connection asks for what follows, and it may turn out that the server has no ranges.
    Wait,
    /// Not at all: others fetch what follows.
    End,
}

/// What came with the reply that told the length of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstReply {
    /// No body: an earlier run left the length.
    Nothing,
    /// So many bytes from the start.
    Part(u64),
    /// All of it: the connection can go on for as long as nobody else fetches what follows.
    Whole,
}

/// What becomes of a file that came corrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterCorrupt {
    FetchAgain,
    /// `repeated`: two fetches brought the same bytes.
    GiveUp {
        repeated: bool,
    },
}

/// All that the connections of a run have to agree on.
pub(super) struct State<P> {
    jobs: u64,
    files: Vec<Tracked<P>>,
    /// Before these all are settled, and behind them all are waiting: there can be tens of thousands, and every connection
    /// looks through them for each piece.
    active: Range<usize>,
    /// Files that may be begun and not settled: each has files open here.
    room: usize,
    /// Files only pass through this machine.
    is_staged: bool,
    /// Bytes of those that were given up and stay there for the next run.
    kept: u64,
    ranges: Ranges,
    /// The file opened last was no longer than a piece, so the next ones will hardly be worth waiting for.
    small: bool,
    pub(super) failed: Vec<(FileName, Problem)>,
    /// What ended the run as a whole.
    pub(super) fatal: Option<DownloadError>,
}

impl<P> State<P> {
    /// For these files and what is there of them, over at most `jobs` connections.
    pub(super) fn new(
        files: impl Iterator<Item = (FileName, Option<Arc<P>>)>,
        jobs: usize,
        room: usize,
    ) -> State<P> {
        let files = files.map(|(name, part)| Tracked {
            name,
            life: Life::Waiting,
            part,
            restarts: 0,
            corrupt_before: None,
            one_stream: false,
            by_bytes: false,
            started: None,
            length: None,
        });
        State {
            jobs: jobs.max(1) as u64,
            files: files.collect(),
            active: 0..0,
            room,
            is_staged: false,
            kept: 0,
            ranges: Ranges::Unknown,
            small: false,
            failed: Vec::new(),
            fatal: None,
        }
    }

    /// The same without a request for a part of a file.
    pub(super) fn without_ranges(mut self) -> State<P> {
        self.ranges = Ranges::Refused;
        for file in &mut self.files {
            file.one_stream = true;
        }
        self
    }

    /// The same for files that only pass through this machine, where there is room for a few.
    pub(super) fn staged(mut self) -> State<P> {
        self.is_staged = true;
        self
    }

    pub(super) fn file(&self, index: usize) -> &Tracked<P> {
        &self.files[index]
    }

    pub(super) fn file_mut(&mut self, index: usize) -> &mut Tracked<P> {
        &mut self.files[index]
    }

    /// What is there of all files, now.
    pub(super) fn parts(&self) -> Vec<Arc<P>> {
        let parts = self.files.iter().filter_map(|file| file.part.clone());
        parts.collect()
    }

    /// Whether this part is what counts of its file. It does not when the file starts over, or was given up.
    pub(super) fn is_current(&self, index: usize, part: &Arc<P>) -> bool {
        let file = &self.files[index];
        file.has(part) && !file.is_settled()
    }

    /// A new part takes the place of an older one. False: the file was given up meanwhile.
    pub(super) fn install(&mut self, index: usize, part: &Arc<P>) -> bool {
        let file = &mut self.files[index];
        if !file.is_settled() {
            file.part = Some(Arc::clone(part));
        }
        !file.is_settled()
    }

    /// From now on the part can't be thrown away. False: it was, already.
    pub(super) fn seal(&mut self, index: usize, part: &Arc<P>) -> bool {
        let still = self.may_start_over(index, part);
        if still {
            self.set(index, Life::Sealed);
        }
        still
    }

    /// Takes the part from a file that is to start over by the connection that says so. How often it has started over by
    /// now; nothing when another connection was first.
    pub(super) fn start_over(
        &mut self,
        index: usize,
        part: &Arc<P>,
        one_stream: bool,
    ) -> Option<u32> {
        if !self.take_back(index, part) {
            return None;
        }
        let file = &mut self.files[index];
        file.restarts += 1;
        // Several servers behind one name, each with a validator of its own, would never agree on two pieces.
        file.one_stream |= one_stream || file.restarts >= SPLIT_AGAIN;
        let restarts = file.restarts;
        self.ranges_unanswered();
        Some(restarts)
    }

    /// Takes the part from a file that came corrupt. `earlier`: the digest of what an earlier run met. Nothing: another
    /// connection has started the file over.
    pub(super) fn corrupt(
        &mut self,
        index: usize,
        part: &Arc<P>,
        corrupt: &Corrupt,
        earlier: Option<String>,
    ) -> Option<AfterCorrupt> {
        if !self.take_back(index, part) {
            return None;
        }
        let before = self.files[index].corrupt_before.replace(corrupt.clone());
        let is_first = before.is_none();
        let came_before = [earlier, before.and_then(|before| before.sha256)];
        let repeated = corrupt.sha256.is_some() && came_before.contains(&corrupt.sha256);
        Some(if is_first && !repeated {
            AfterCorrupt::FetchAgain
        } else {
            AfterCorrupt::GiveUp { repeated }
        })
    }

    /// Takes the part from its file, which is `Opening` then: whoever does this says how it goes on. False: another was
    /// first.
    pub(super) fn take_back(&mut self, index: usize, part: &Arc<P>) -> bool {
        let still = self.may_start_over(index, part);
        if still {
            self.files[index].part = None;
            self.set(index, Life::Opening);
        }
        still
    }

    fn may_start_over(&self, index: usize, part: &Arc<P>) -> bool {
        self.is_current(index, part) && !matches!(self.files[index].life, Life::Sealed)
    }

    /// The file starts over by whoever comes next.
    pub(super) fn wait_again(&mut self, index: usize) {
        self.set(index, Life::Waiting);
    }

    /// Nothing of the file is missing any more.
    pub(super) fn published(&mut self, index: usize) {
        self.files[index].part = None;
        self.set(index, Life::Settled);
    }

    /// Gives a file up for this run. What is there of it stays for the next one. False: it was already; each connection that
    /// is at the file comes here with the same bad news.
    pub(super) fn give_up(&mut self, index: usize, problem: Problem) -> bool {
        if matches!(self.files[index].life, Life::Sealed | Life::Settled) {
            return false;
        }
        self.set(index, Life::Settled);
        let name = self.files[index].name.clone();
        self.failed.push((name, problem));
        true
    }

    /// What is there of a file that was given up stays for the next run. Not where files only pass through, if there is more of
    /// such than one of them takes: that room would be missing to the others for all of the run. False: it does not stay.
    pub(super) fn keep_given_up(&mut self, index: usize, bytes: u64) -> bool {
        let lengths = self.files.iter().filter_map(|file| file.length);
        let kept = self.kept.saturating_add(bytes);
        let stays = !self.is_staged || kept <= lengths.fold(LARGEST, u64::max);
        if stays {
            self.kept = kept;
        } else {
            self.files[index].part = None;
        }
        stays
    }

    /// What the asking connection does next: a piece of the first file that has one, else the next file.
    pub(super) fn next_task(&mut self) -> Next {
        self.active.start += self.in_work().take_while(|file| file.is_settled()).count();
        if self.active.start == self.files.len() {
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
        let (mut opening, mut begun, mut nothing_known, mut bytes) = (0, 0, true, 0_u64);
        for file in self.in_work() {
            let (unfinished, known) = match &file.life {
                Life::Waiting | Life::Settled => continue,
                Life::Opening => (true, false),
                Life::Open(pieces) => (pieces.split && !pieces.unclaimed.is_empty(), true),
                Life::Sealed => (false, true),
            };
            begun += 1;
            bytes = bytes.saturating_add(file.length.unwrap_or(LARGEST));
            opening += usize::from(unfinished);
            nothing_known &= !known;
        }
        let in_order = if self.small || nothing_known || self.ranges == Ranges::Refused {
            usize::MAX
        } else {
            OPENING
        };
        let staged = begun + usize::from(self.kept > 0);
        let fits = !self.is_staged
            || staged < STAGED_FILES
            || bytes.saturating_add(self.kept) < STAGED_BYTES;
        match self.first_waiting() {
            Some(index) if opening < in_order && begun < self.room && fits => {
                self.set(index, Life::Opening);
                Next::Open(index)
            }
            _ => Next::Wait,
        }
    }

    /// The files in work, and those among them that are settled or wait for another turn.
    fn in_work(&self) -> impl Iterator<Item = &Tracked<P>> {
        self.files[self.active.clone()].iter()
    }

    fn first_waiting(&self) -> Option<usize> {
        let again = self
            .in_work()
            .position(|file| matches!(file.life, Life::Waiting));
        let next = Some(self.active.end).filter(|index| *index < self.files.len());
        again.map(|place| self.active.start + place).or(next)
    }

    fn take_piece(&mut self) -> Option<(usize, ByteRange)> {
        let size = self.piece_size();
        let refused = self.ranges == Ranges::Refused;
        for index in self.active.clone() {
            if let Life::Open(pieces) = &mut self.files[index].life
                // Its own stream fetches all of it. Where that has ended, whatever is left needs somebody.
                && (!pieces.streaming || (pieces.split && !refused))
                && let Some(piece) = pieces.take(size)
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
        let left = self.in_work().map(|file| match &file.life {
            Life::Open(pieces) => total(&pieces.unclaimed),
            _ => 0,
        });
        (left.sum::<u64>() / (self.jobs * PIECES_LEFT_PER_JOB)).clamp(SMALLEST, LARGEST)
    }

    /// The length of an opening file is known, and these bytes of it are missing. Gives the stretch that the opening
    /// connection fetches itself: all of it up to the next gap when the file is not to be split, else a first piece.
    pub(super) fn opened(
        &mut self,
        index: usize,
        missing: Vec<ByteRange>,
        split: bool,
        opening: FirstReply,
    ) -> Option<ByteRange> {
        // Whoever resumes has several gaps, and no server that can't do ranges can fill the second.
        let split = split && self.ranges != Ranges::Refused;
        let pieces = Pieces {
            end: missing.last().map_or(0, |range| range.end()),
            unclaimed: missing.into(),
            split,
            streaming: opening == FirstReply::Whole,
        };
        self.small = total(&pieces.unclaimed) <= LARGEST;
        self.set(index, Life::Open(pieces));
        let size = if split { self.piece_size() } else { u64::MAX };
        let Life::Open(pieces) = &mut self.files[index].life else {
            return None;
        };
        match opening {
            // A reply that is not read to its end costs its connection.
            FirstReply::Part(bytes) if size >= LARGEST => pieces.take_up_to(bytes, bytes),
            FirstReply::Part(bytes) => pieces.take_up_to(size.min(bytes), bytes.min(size + REST)),
            FirstReply::Whole | FirstReply::Nothing => pieces.take(size),
        }
    }

    /// What a connection does that holds an open reply, which goes up to `upto`, and has reached `at`.
    pub(super) fn extend(&mut self, index: usize, at: u64, upto: u64) -> Extension {
        let size = self.piece_size();
        let most = upto.saturating_sub(at);
        let Life::Open(pieces) = &mut self.files[index].life else {
            return Extension::End;
        };
        let size = if pieces.split { size } else { u64::MAX };
        let first = pieces.unclaimed.front();
        if most > 0
            && first.is_some_and(|first| first.start() == at)
            && let Some(more) =
                pieces.take_up_to(size.min(most), size.saturating_add(REST).min(most))
        {
            return Extension::Piece(more);
        }
        match self.ranges {
            Ranges::Asked if pieces.split => Extension::Wait,
            // What a server announces it may still refuse to those who fetch what follows, and refuse to one after the other.
            Ranges::Announced | Ranges::Refused if at < pieces.end => Extension::Wait,
            _ => {
                pieces.streaming = false;
                Extension::End
            }
        }
    }

    /// The ordinary request that opened the file is over, before it came to its end.
    pub(super) fn stream_ended(&mut self, index: usize) {
        if let Life::Open(pieces) = &mut self.files[index].life {
            pieces.streaming = false;
        }
    }

    /// The range that the first request of a file may ask for.
    /// Nothing for the first file of a run, which shows what an ordinary request does, and where there are no ranges; nor
    /// after a change, when the length of a part is not believed either.
    pub(super) fn first_piece(&self, index: usize) -> Option<ByteRange> {
        let file = &self.files[index];
        if self.jobs == 1 || !file.may_split() || file.is_restarted() {
            return None;
        }
        let may = match self.ranges {
            Ranges::Proven | Ranges::Announced => true,
            Ranges::Unknown | Ranges::Asked => self.files[..index]
                .iter()
                .skip(self.active.start)
                .any(|file| !matches!(file.life, Life::Waiting | Life::Settled)),
            Ranges::Refused => false,
        };
        ByteRange::new(0, FIRST).filter(|_| may)
    }

    /// A reply said that the server serves ranges.
    pub(super) fn ranges_announced(&mut self) {
        if matches!(self.ranges, Ranges::Unknown | Ranges::Asked) {
            self.ranges = Ranges::Announced;
        }
    }

    /// A range request was answered as it should be.
    pub(super) fn ranges_proven(&mut self) {
        self.ranges = Ranges::Proven;
    }

    pub(super) fn has_proven_ranges(&self) -> bool {
        self.ranges == Ranges::Proven
    }

    /// Whether the ordinary request that opened the file is still streaming.
    pub(super) fn is_streaming(&self, index: usize) -> bool {
        matches!(&self.files[index].life, Life::Open(pieces) if pieces.streaming)
    }

    /// The first request of a file asked for a range, and the whole file comes.
    pub(super) fn ranges_ignored(&mut self) {
        if self.ranges != Ranges::Proven {
            self.ranges = Ranges::Refused;
        }
    }

    /// A range request came to nothing and said nothing about range support (a cut line): the next one asks again.
    pub(super) fn ranges_unanswered(&mut self) {
        if matches!(self.ranges, Ranges::Asked | Ranges::Announced) {
            self.ranges = Ranges::Unknown;
        }
    }

    /// A range request was answered with the whole file before any was ever answered rightly: the server has no
    /// ranges. Gives the piece back. True: the connection that opened the file is still streaming and will come by.
    /// False: nobody will, the file must be fetched from zero.
    pub(super) fn ranges_refused(&mut self, index: usize, piece: ByteRange) -> bool {
        if self.ranges == Ranges::Proven {
            return false;
        }
        self.ranges = Ranges::Refused;
        let Life::Open(pieces) = &mut self.files[index].life else {
            return false;
        };
        pieces.split = false;
        pieces.unclaimed.push_front(piece);
        let unclaimed = pieces.unclaimed.make_contiguous();
        unclaimed.sort_by_key(|range| range.start());
        pieces.streaming
    }

    /// Gives a piece back that need not be asked for: the server has no ranges, and the stream of the file will come by.
    pub(super) fn goes_with_the_stream(&mut self, index: usize, piece: ByteRange) -> bool {
        self.ranges == Ranges::Refused
            && self.is_streaming(index)
            && self.ranges_refused(index, piece)
    }

    /// What is settled stays so: a connection may learn late that another one gave the file up.
    fn set(&mut self, index: usize, life: Life) {
        if !self.files[index].is_settled() {
            self.files[index].life = life;
            self.active.end = self.active.end.max(index + 1);
        }
    }
}

impl Pieces {
    /// Up to `size` bytes from the front, or a little more.
    fn take(&mut self, size: u64) -> Option<ByteRange> {
        self.take_up_to(size, size.saturating_add(REST))
    }

    /// `size` bytes from the front, or all of them when they are no more than `most`.
    fn take_up_to(&mut self, size: u64, most: u64) -> Option<ByteRange> {
        let first = self.unclaimed.pop_front()?;
        if first.len() <= most {
            return Some(first);
        }
        let cut = first.start() + size;
        if let Some(rest) = ByteRange::new(cut, first.end()) {
            self.unclaimed.push_front(rest);
        }
        ByteRange::new(first.start(), cut)
    }
}

fn total(ranges: &VecDeque<ByteRange>) -> u64 {
    ranges.iter().map(|range| range.len()).sum()
}

#[cfg(test)]
mod tests;
