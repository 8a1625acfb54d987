//! One attempt at a task: a request, and what is made of its reply. Nothing is written that is not surely the stretch asked
//! for, of the version asked for (`design.md` section 7 rules 5 and 6).

use std::sync::Arc;
use std::time::Instant;

use url::Url;

use super::compare::{compare, long_tail, overlap, tail};
use super::engine::{Engine, Task};
use super::error::{self, AttemptError};
use super::journal::Header;
use super::links::Link;
use super::part::Part;
use super::ranges::Claim;
use super::state::{FIRST, FirstReply};
use super::transfer::Transfer;
use crate::event::Event;
use crate::http::Reply;
use crate::http::range::{ByteRange, ContentRange};
use crate::untrusted::safe_url;
use crate::zoho::ZohoError;

/// Where a reply ends that goes on to the end of the file.
const TO_THE_END: u64 = u64::MAX;

/// A file that changes on the server once more after this is given up: each time all of it may have been fetched for nothing.
const MOST_CHANGES: u32 = 3;

/// One task, and what the next attempt has to know of the ones before it.
pub(super) struct Attempt<'a> {
    engine: &'a Arc<Engine>,
    pub(super) index: usize,
    pub(super) task: Task,
    /// Nothing: the file is not on the list any more.
    pub(super) link: Option<Link>,
    /// How far it came at most. Without ranges each attempt begins at zero, and what was there already is no progress.
    pub(super) reached: u64,
    pub(super) is_retry: bool,
    pub(super) is_last: bool,
    /// What is on disk was compared with what the server has, just before this request.
    compared: bool,
    /// Ranges that were refused with a status that may pass by itself.
    put_off: u32,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(engine: &'a Arc<Engine>, index: usize, task: Task) -> Attempt<'a> {
        Attempt {
            engine,
            index,
            reached: task.at(),
            task,
            link: None,
            is_retry: false,
            is_last: false,
            compared: false,
            put_off: 0,
        }
    }

    pub(super) async fn run(&mut self) -> Result<(), AttemptError> {
        self.url()?;
        match self.task.clone() {
            Task::Open => {
                self.begin(0)?;
                self.first_request().await
            }
            Task::Resume(part) => {
                if self.begin(part.resumed_bytes())?
                    && let Some(length) = part.length()
                {
                    self.engine.length_known(self.index, length);
                }
                self.resume(part).await
            }
            Task::Fetch(part, claim) => self.fetch(part, claim).await,
        }
    }

    /// The first request of a file goes out. True the first time.
    fn begin(&self, resumed: u64) -> Result<bool, AttemptError> {
        let plan = &self.engine.plan;
        if !plan.ignore_expiry
            && let Some(expiry) = plan.links.expiry()
            && plan.links.have_expired()
        {
            return Err(error::expired(expiry.at).into());
        }
        let mut state = self.engine.state();
        let file = state.file_mut(self.index);
        let is_first = file.started.is_none();
        file.started.get_or_insert_with(Instant::now);
        let name = file.name.clone();
        drop(state);
        if is_first {
            self.engine.event(Event::FileStart { name, resumed });
        }
        Ok(is_first)
    }

    /// Asks for a file of which nothing is there, and of which nothing is known.
    async fn first_request(&mut self) -> Result<(), AttemptError> {
        // A first piece leaves the connection whole for the next one; an ordinary request would have to be cut off there.
        // Without ranges the whole file comes all the same.
        let Some(first) = self.engine.state().first_piece(self.index) else {
            return match self.ask(None, None).await {
                Err(AttemptError::Zoho(error)) if self.may_miss_the_range(&error) => {
                    self.range_instead(error).await
                }
                reply => self.take_whole(reply?).await,
            };
        };
        let is_refused = match self.ask(Some(first), None).await {
            Ok(reply) if reply.status == 200 => {
                self.engine.state().ranges_ignored();
                return self.take_whole(reply).await;
            }
            Ok(reply) => {
                if let Ok((sent, total)) = part_of(&reply, first) {
                    self.engine.state().ranges_proven();
                    let opening = FirstReply::Part(sent.len());
                    return self.take_new(reply, Some(total), opening).await;
                }
                // An empty file has no first piece; and a server whose ranges are wrong may well have the file.
                if reply.status == 206 {
                    self.without_ranges();
                }
                false
            }
            Err(AttemptError::Zoho(error)) if self.is_about_ranges(&error) => true,
            Err(error) => return Err(error),
        };
        let reply = self.ask(None, None).await?;
        if is_refused {
            self.without_ranges();
        }
        self.take_whole(reply).await
    }

    fn without_ranges(&self) {
        let mut state = self.engine.state();
        state.ranges_ignored();
        state.file_mut(self.index).one_stream = true;
    }

    async fn take_whole(&mut self, reply: Reply) -> Result<(), AttemptError> {
        if reply.status == 200 {
            let length = reply.content_length;
            return self.take_new(reply, length, FirstReply::Whole).await;
        }
        let what = format!("status {} to the first request of a file", reply.status);
        Err(error::not_understood(&what).into())
    }

    /// Whether an ordinary request may have been refused for being one.
    fn may_miss_the_range(&self, error: &ZohoError) -> bool {
        !self.engine.plan.no_ranges && !error.is_temporary() && error.may_be_about_the_range()
    }

    /// An ordinary request was refused, and maybe a range is not.
    async fn range_instead(&mut self, refused: ZohoError) -> Result<(), AttemptError> {
        let Some(range) = ByteRange::new(0, FIRST) else {
            return Err(refused.into());
        };
        let reply = match self.ask(Some(range), None).await {
            Err(AttemptError::Zoho(_)) => return Err(refused.into()),
            reply => reply?,
        };
        let Ok((sent, total)) = part_of(&reply, range) else {
            return Err(refused.into());
        };
        {
            let mut state = self.engine.state();
            state.ranges_proven();
            state.file_mut(self.index).one_stream = false;
        }
        let opening = FirstReply::Part(sent.len());
        self.take_new(reply, Some(total), opening).await
    }

    /// Goes on with what an earlier run left: never without proof that the server still has that version.
    async fn resume(&mut self, part: Arc<Part>) -> Result<(), AttemptError> {
        let held = part.held();
        let missing = held.missing(part.length().unwrap_or_default());
        // With a validator the next range tells whether the server still has this version; where none is missing, nothing
        // would.
        let if_range = part.validator().if_range();
        let nothing_tells = if_range.is_none() || missing.is_empty();
        if let Some(tail) = tail(&held).filter(|_| nothing_tells) {
            if let Some(reply) = self.compare_tail(&part, tail, if_range).await? {
                let reason = "the server sent the whole file instead of the end of what is here";
                let same = reply.content_length == part.length();
                return self.take_anew(reply, reason, same).await;
            }
            self.compared = true;
        }
        let piece = self.open(&part, missing, true, FirstReply::Nothing)?;
        self.engine.verifiers.follow(self.index, &part);
        let Some(piece) = piece else {
            return Ok(());
        };
        let claim = Claim::from(piece);
        self.task = Task::Fetch(Arc::clone(&part), claim);
        self.fetch(part, claim).await
    }

    /// Asks for the rest of a stretch, and takes it if the reply is right in every respect.
    async fn fetch(&mut self, part: Arc<Part>, claim: Claim) -> Result<(), AttemptError> {
        let (one_stream, by_bytes) = {
            let state = self.engine.state_of(self.index, &part)?;
            let file = state.file(self.index);
            (file.one_stream, file.by_bytes)
        };
        let (Some(length), Some(end)) = (part.length(), claim.end) else {
            return self.learn_length(part, claim, one_stream).await;
        };
        if claim.at > 0 && one_stream {
            let reason = "it can't be resumed without ranges that can be trusted";
            return Err(AttemptError::BadRange(reason.into()));
        }
        let if_range = part.validator().if_range().filter(|_| !by_bytes);
        let from = self.first_byte(&part, claim, if_range.is_some());
        let Some(range) = ByteRange::new(from, end) else {
            return Ok(());
        };
        let reply = match self.ask(Some(range), if_range).await {
            Err(AttemptError::Zoho(error)) if self.is_about_ranges(&error) => {
                return self.plain_instead(part, claim, error.into()).await;
            }
            reply => reply?,
        };
        match (reply.status, reply.content_range) {
            (206, _) => {
                if part_of(&reply, range)?.1 != length {
                    return Err(length_changed());
                }
                if !by_bytes && part.validator().contradicts(&reply.validator) {
                    drop(reply);
                    return self.doubt(part, claim).await;
                }
                self.take_rest(part, claim, from, reply).await
            }
            (416, Some(ContentRange::Outside { total })) if total != length => {
                Err(length_changed())
            }
            (416, _) => {
                let reason = "the server refuses a range within the file";
                let refused = AttemptError::BadRange(reason.into());
                self.plain_instead(part, claim, refused).await
            }
            (_, _) if if_range.is_some() && self.may_doubt(&part, &reply) => {
                drop(reply);
                self.doubt(part, claim).await
            }
            _ => self.whole_instead(part, claim, reply).await,
        }
    }

    /// Where the request for a claim begins: where nothing else tells that it is still the same file, the bytes before the cut
    /// come once more and are compared.
    fn first_byte(&mut self, part: &Part, claim: Claim, has_validator: bool) -> u64 {
        let compared = std::mem::take(&mut self.compared) || has_validator;
        if self.is_retry && !compared {
            overlap(&part.held(), claim.at)
        } else {
            claim.at
        }
    }

    /// The rest of a claim comes, as it should. It begins at `from`, and what is here already is compared.
    async fn take_rest(
        &mut self,
        part: Arc<Part>,
        claim: Claim,
        from: u64,
        mut reply: Reply,
    ) -> Result<(), AttemptError> {
        self.ranges_proven();
        if let Some(known) = ByteRange::new(from, claim.at) {
            compare(self.engine, &part, known, &mut reply).await?;
        }
        part.make_room().await?;
        let upto = claim.end.unwrap_or(TO_THE_END);
        self.take(part, claim, reply, upto).await
    }

    /// Whether it may be the range that the server refuses, and not the file. What can pass by itself (a 503) is taken for
    /// that only from a server that never served a range: at the second time, unless the file itself is on its way.
    fn is_about_ranges(&mut self, error: &ZohoError) -> bool {
        if !error.may_be_about_the_range() {
            return false;
        }
        if !error.is_temporary() {
            return true;
        }
        let state = self.engine.state();
        if state.has_proven_ranges() {
            return false;
        }
        self.put_off += 1;
        let part = self.task.part();
        let has_nothing = part.is_none_or(|part| part.held().total() == 0);
        self.put_off > 1 || self.is_last || has_nothing || state.is_streaming(self.index)
    }

    /// A range was refused: an ordinary request tells whether the file is. It costs no attempt.
    async fn plain_instead(
        &mut self,
        part: Arc<Part>,
        claim: Claim,
        refused: AttemptError,
    ) -> Result<(), AttemptError> {
        {
            // One that is under way has told it already.
            let mut state = self.engine.state_of(self.index, &part)?;
            if state.is_streaming(self.index)
                && let Some(rest) = claim.rest()
                && state.ranges_refused(self.index, rest)
            {
                return Ok(());
            }
        }
        let reply = self.ask(None, None).await?;
        if reply.status != 200 {
            return Err(refused);
        }
        self.whole_instead(part, claim, reply).await
    }

    /// Whether a whole file in the place of a part of it may still be the file that is here. Several servers behind one
    /// name may each have validators of their own, and some answer every `If-Range` with the whole file.
    fn may_doubt(&self, part: &Part, reply: &Reply) -> bool {
        let same = !part.validator().contradicts(&reply.validator);
        let is_streaming = same && self.engine.state().is_streaming(self.index);
        reply.content_length == part.length() && !is_streaming && long_tail(&part.held()).is_some()
    }

    /// The validators say that it is another file. If enough is here, the bytes decide, once for all of this run.
    async fn doubt(&mut self, part: Arc<Part>, claim: Claim) -> Result<(), AttemptError> {
        let tail = long_tail(&part.held()).ok_or_else(changed)?;
        if let Some(reply) = self.compare_tail(&part, tail, None).await? {
            return self.whole_instead(part, claim, reply).await;
        }
        tracing::info!(name = %part.name(), "another validator, but the same bytes");
        self.engine.state().file_mut(self.index).by_bytes = true;
        Box::pin(self.fetch(part, claim)).await
    }

    /// Where nothing else binds the part to the version on the server, the end of what is on disk is asked for again. Gives
    /// back the whole file where that is what comes.
    async fn compare_tail(
        &mut self,
        part: &Part,
        range: ByteRange,
        if_range: Option<&str>,
    ) -> Result<Option<Reply>, AttemptError> {
        let asked = self.ask(Some(range), if_range).await;
        let is_refused = match &asked {
            Err(AttemptError::Zoho(error)) => self.is_about_ranges(error),
            Ok(reply) => is_outside(reply, part.length()),
            Err(_) => false,
        };
        let mut reply = if is_refused {
            self.ask(None, None).await?
        } else {
            asked?
        };
        let unlike = if_range.is_some() && part.validator().contradicts(&reply.validator);
        match (reply.status, reply.content_range) {
            (206, Some(ContentRange::Part { range: sent, total }))
                if sent == range && total == part.length() && !unlike => {}
            (200, _) => return Ok(Some(reply)),
            _ => {
                let reason = "the server does not confirm what is on disk";
                return Err(AttemptError::Changed(reason.into()));
            }
        }
        self.ranges_proven();
        compare(self.engine, part, range, &mut reply).await?;
        Ok(None)
    }

    /// The line broke in a body whose length nobody told. A range of what follows tells it, if the server has ranges and
    /// confirms the version; otherwise the file is fetched from zero.
    async fn learn_length(
        &mut self,
        part: Arc<Part>,
        claim: Claim,
        one_stream: bool,
    ) -> Result<(), AttemptError> {
        let lost = || AttemptError::BadRange("it is unknown where it broke off".into());
        let if_range = part.validator().if_range();
        let range = ByteRange::new(claim.at, claim.at.saturating_add(FIRST));
        let (Some(if_range), Some(range), false) = (if_range, range, claim.at == 0 || one_stream)
        else {
            return Err(lost());
        };
        let reply = match self.ask(Some(range), Some(if_range)).await {
            Err(AttemptError::Zoho(error)) if self.is_about_ranges(&error) => return Err(lost()),
            reply => reply?,
        };
        let (sent, total) = part_of(&reply, range).map_err(|_| lost())?;
        if part.validator().contradicts(&reply.validator) {
            return Err(changed());
        }
        self.engine.state().ranges_proven();
        part.set_length(total);
        part.make_room().await?;
        self.engine.length_known(self.index, total);
        let missing = part.held().missing(total);
        match self.open(&part, missing, true, FirstReply::Part(sent.len()))? {
            Some(piece) => self.take(part, piece.into(), reply, sent.end()).await,
            None => Ok(()),
        }
    }

    /// A range was asked for and the whole file comes: from zero, never appended.
    async fn whole_instead(
        &mut self,
        part: Arc<Part>,
        claim: Claim,
        reply: Reply,
    ) -> Result<(), AttemptError> {
        let same = reply.content_length == part.length()
            && !part.validator().contradicts(&reply.validator);
        if same && claim.at == 0 && part.held().total() == 0 {
            return self.take(part, claim, reply, TO_THE_END).await;
        }
        let goes_on = {
            let mut state = self.engine.state_of(self.index, &part)?;
            let rest = claim.rest().filter(|_| same);
            rest.is_some_and(|rest| state.ranges_refused(self.index, rest))
        };
        if goes_on {
            return Ok(());
        }
        let reason = if same {
            "the server sent the whole file instead of the rest"
        } else {
            "the file changed on the server"
        };
        self.take_anew(reply, reason, same).await
    }

    /// Takes the whole file in the place of what is here of it.
    async fn take_anew(
        &mut self,
        reply: Reply,
        reason: &str,
        one_stream: bool,
    ) -> Result<(), AttemptError> {
        self.start_over(reason, one_stream)?;
        let length = reply.content_length;
        self.take_new(reply, length, FirstReply::Whole).await
    }

    /// Throws away what is here of the file. `one_stream`: it did not change on the server, only its ranges can't be trusted.
    pub(super) fn start_over(
        &mut self,
        reason: &str,
        one_stream: bool,
    ) -> Result<(), AttemptError> {
        let Some(part) = self.task.part() else {
            return Ok(());
        };
        let restarts = self.engine.state().start_over(self.index, part, one_stream);
        let restarts = restarts.ok_or(AttemptError::Superseded)?;
        self.engine.discard(part, reason.to_owned());
        self.task = Task::Open;
        if !one_stream {
            if restarts > self.engine.plan.retry.retries.min(MOST_CHANGES) {
                return Err(error::keeps_changing(restarts).into());
            }
            self.reached = 0;
        }
        Ok(())
    }

    /// A body from zero: a new part begins, whose rest is open to the other connections.
    async fn take_new(
        &mut self,
        reply: Reply,
        length: Option<u64>,
        opening: FirstReply,
    ) -> Result<(), AttemptError> {
        let engine = self.engine;
        let name = engine.name(self.index);
        let header = Header::new(name, safe_url(self.url()?), length, reply.validator.clone());
        let part = Arc::new(Part::fresh(engine.plan.publisher.folder(), header)?);
        let split = {
            let mut state = engine.state();
            if !state.install(self.index, &part) {
                return Err(AttemptError::Superseded);
            }
            if reply.accepts_ranges == Some(true) {
                state.ranges_announced();
            }
            state.file(self.index).may_split() && reply.accepts_ranges != Some(false)
        };
        if let Some(size) = length {
            engine.length_known(self.index, size);
        }
        let missing = ByteRange::new(0, length.unwrap_or_default());
        let piece = self.open(&part, missing.into_iter().collect(), split, opening)?;
        engine.verifiers.follow(self.index, &part);
        let claim = match (length, piece) {
            (Some(_), Some(piece)) => piece.into(),
            (Some(_), None) => return Ok(()),
            (None, _) => Claim { at: 0, end: None },
        };
        let upto = match opening {
            FirstReply::Part(bytes) => bytes,
            FirstReply::Whole | FirstReply::Nothing => TO_THE_END,
        };
        self.take(part, claim, reply, upto).await
    }

    /// The missing bytes of a part are known: hands them out, the first piece to this connection.
    fn open(
        &self,
        part: &Arc<Part>,
        missing: Vec<ByteRange>,
        split: bool,
        opening: FirstReply,
    ) -> Result<Option<ByteRange>, AttemptError> {
        // It may have been found corrupt during the request; its pieces would then be those of a part that is gone.
        let mut state = self.engine.state_of(self.index, part)?;
        let piece = state.opened(self.index, missing, split, opening);
        drop(state);
        self.engine.changed();
        Ok(piece)
    }

    async fn take(
        &mut self,
        part: Arc<Part>,
        mut claim: Claim,
        mut reply: Reply,
        upto: u64,
    ) -> Result<(), AttemptError> {
        let transfer = Transfer {
            engine: self.engine,
            index: self.index,
            part: &part,
            claim: &mut claim,
            upto,
        };
        let outcome = transfer.run(&mut reply).await;
        if upto == TO_THE_END
            && outcome.is_err()
            && let Ok(mut state) = self.engine.state_of(self.index, &part)
        {
            state.stream_ended(self.index);
        }
        if outcome.is_ok() && part.is_whole() {
            let name = part.name().clone();
            self.engine.event(Event::Verifying { name });
        }
        self.task = Task::Fetch(part, claim);
        outcome
    }

    async fn ask(
        &self,
        range: Option<ByteRange>,
        if_range: Option<&str>,
    ) -> Result<Reply, AttemptError> {
        self.engine.ask(self.url()?, range, if_range).await
    }

    fn url(&self) -> Result<&Url, AttemptError> {
        let link = self.link.as_ref().map(|link| &link.url);
        link.ok_or_else(|| error::vanished().into())
    }

    fn ranges_proven(&self) {
        self.engine.state().ranges_proven();
        self.engine.changed();
    }
}

fn changed() -> AttemptError {
    AttemptError::Changed("the file changed on the server".into())
}

fn length_changed() -> AttemptError {
    AttemptError::Changed("the length of the file has changed".into())
}

/// Which part came and the length of the whole file, if the part is right in every respect and begins where it should.
fn part_of(reply: &Reply, asked: ByteRange) -> Result<(ByteRange, u64), AttemptError> {
    let bad = |reason: String| Err(AttemptError::BadRange(reason));
    let Some(ContentRange::Part { range: sent, total }) = reply.content_range else {
        return bad("the server sent a part without saying which".into());
    };
    let announced = reply
        .content_length
        .is_none_or(|length| length == sent.len());
    if reply.status != 206
        || sent.start() != asked.start()
        || sent.end() > asked.end()
        || !announced
    {
        return bad(format!(
            "asked for {}, the server sent something else",
            asked.header()
        ));
    }
    match total {
        Some(total) => Ok((sent, total)),
        None => bad("the server sent a part without the length of the whole file".into()),
    }
}

/// Whether the server calls a range outside of the file that is inside of it.
fn is_outside(reply: &Reply, length: Option<u64>) -> bool {
    match reply.content_range {
        Some(ContentRange::Outside { total }) => reply.status == 416 && Some(total) == length,
        _ => reply.status == 416,
    }
}
