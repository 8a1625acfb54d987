//! The requests of one connection, and what is made of each reply: nothing is written that is not surely the stretch
//! asked for, of the version asked for (`design.md` section 7 rules 5 and 6).

use std::sync::Arc;

use super::error::{self, AttemptError, DownloadError};
use super::journal::Header;
use super::links::Link;
use super::queue::{FIRST, Opening};
use super::resume::{overlap, worth};
use super::run::Engine;
use super::transfer::{Claim, pump};
use super::version::Version;
use super::worker::{Aim, Chain};
use crate::event::Event;
use crate::http::range::{ByteRange, ContentRange};
use crate::http::{FileRequest, Reply};
use crate::untrusted::safe_url;
use crate::zoho::ZohoError;

/// Where a reply ends that goes on to the end of the file.
const TO_THE_END: u64 = u64::MAX;

impl Chain<'_> {
    /// The first request of a file: an ordinary one, or the next range of what an earlier run left.
    pub(super) async fn open(&mut self, link: &Link) -> Result<(), AttemptError> {
        let engine = self.engine;
        if !engine.ignore_expiry
            && let Some(expiry) = engine.links.expiry()
            && engine.links.are_dead()
        {
            return Err(DownloadError::File(error::expired(expiry.at)).into());
        }
        let name = &engine.file(self.index).name;
        let leftover = engine.progress(self.index).leftover.take();
        if engine.begin(self.index) {
            engine.observer.event(Event::FileStart {
                name: name.clone(),
                resumed: leftover
                    .as_ref()
                    .map_or(0, |leftover| leftover.held.total()),
            });
        }
        if let Some(leftover) = leftover {
            return self.resume(link, leftover).await;
        }
        self.first_request(link).await
    }

    /// Asks for a file of which nothing is there, and of which nothing is known.
    async fn first_request(&mut self, link: &Link) -> Result<(), AttemptError> {
        let engine = self.engine;
        // A first piece leaves the connection whole for the next one; an ordinary request would have to be cut off there.
        // Without ranges the whole file comes all the same.
        // After a change the length of a part is not believed either, and the whole file is asked for.
        let may_split = {
            let progress = engine.progress(self.index);
            progress.may_split() && progress.restarts == 0
        };
        let first = engine.queue().first_piece(self.index).filter(|_| may_split);
        let mut reply = match (self.ask(link, first, None).await, first) {
            (Err(AttemptError::Zoho(error)), Some(_)) if self.is_about_ranges(&error) => {
                let reply = self.ask(link, None, None).await?;
                engine.queue().ranges_ignored();
                engine.progress(self.index).one_stream = true;
                reply
            }
            (Err(AttemptError::Zoho(error)), None) if may_be_the_missing_range(engine, &error) => {
                return self.range_instead(link, error).await;
            }
            (reply, _) => reply?,
        };
        if reply.status == 200 {
            if first.is_some() {
                engine.queue().ranges_ignored();
            }
            let length = reply.content_length;
            return self.begin(link, reply, length, Opening::Whole).await;
        }
        if let Some((sent, total)) = first.and_then(|first| part_of(&reply, first)) {
            engine.queue().ranges_proven();
            let opening = Opening::Part(sent.len());
            return self.begin(link, reply, Some(total), opening).await;
        }
        if first.is_some() {
            // An empty file has no first piece; and a server whose ranges are wrong may well have the file.
            if reply.status == 206 {
                engine.queue().ranges_ignored();
                engine.progress(self.index).one_stream = true;
            }
            reply = self.ask(link, None, None).await?;
        }
        match (reply.status, reply.content_length) {
            (200, length) => self.begin(link, reply, length, Opening::Whole).await,
            (status, _) => Err(DownloadError::File(error::not_understood(&format!(
                "status {status} to the first request of a file"
            )))
            .into()),
        }
    }

    /// Asks for the rest of a stretch, and takes it if the reply is right in every respect.
    pub(super) async fn fetch(
        &mut self,
        link: &Link,
        version: Arc<Version>,
        claim: Claim,
    ) -> Result<(), AttemptError> {
        if version.is_abandoned() {
            return Err(AttemptError::Superseded);
        }
        let (Some(length), Some(end)) = (version.length(), claim.end) else {
            return self.learn_length(link, version, claim).await;
        };
        if claim.at > 0 && self.engine.progress(self.index).one_stream {
            return Err(AttemptError::BadRange(
                "it can't be resumed without ranges that can be trusted".into(),
            ));
        }
        let by_bytes = self.engine.progress(self.index).by_bytes;
        let if_range = version.validator().if_range().filter(|_| !by_bytes);
        // Where nothing else tells that it is still the same file, the bytes before the cut come once more and are compared.
        let compared = std::mem::take(&mut self.compared) || if_range.is_some();
        let from = if self.comes_again && !compared {
            overlap(&version.held(), claim.at)
        } else {
            claim.at
        };
        let Some(range) = ByteRange::new(from, end) else {
            return Ok(());
        };
        let mut reply = match self.ask(link, Some(range), if_range).await {
            Err(AttemptError::Zoho(error)) if self.is_about_ranges(&error) => {
                let refused = AttemptError::Zoho(error);
                return self.plain_instead(link, version, claim, refused).await;
            }
            reply => reply?,
        };
        match (reply.status, reply.content_range) {
            (206, _) => {
                fits(&reply, range, length)?;
                if !by_bytes && version.validator().contradicts(&reply.validator) {
                    drop(reply);
                    return self.doubt(link, version, claim).await;
                }
                self.engine.queue().ranges_proven();
                self.engine.queue_changed();
                if let Some(known) = ByteRange::new(from, claim.at) {
                    self.compare(&version, known, &mut reply).await?;
                }
                version
                    .make_room(&self.engine.folder)
                    .map_err(DownloadError::from)?;
                self.take(&version, claim, &mut reply, end).await
            }
            (416, Some(ContentRange::Outside { total })) if total != length => Err(
                AttemptError::Changed("the length of the file has changed".into()),
            ),
            (416, _) => {
                let refused =
                    AttemptError::BadRange("the server refuses a range within the file".into());
                self.plain_instead(link, version, claim, refused).await
            }
            (_, _) if if_range.is_some() && self.may_doubt(&version, &reply) => {
                drop(reply);
                self.doubt(link, version, claim).await
            }
            _ => self.whole_instead(link, version, claim, reply).await,
        }
    }

    /// Whether it may be the range that the server refuses, and not the file. What can pass by itself (a 503) is taken for
    /// that only from a server that never served a range: at the second time, unless the file itself is on its way.
    pub(super) fn is_about_ranges(&mut self, error: &ZohoError) -> bool {
        if !error.may_be_about_the_range() {
            return false;
        }
        if !error.is_temporary() {
            return true;
        }
        let engine = self.engine;
        let queue = engine.queue();
        if queue.has_ranges() {
            return false;
        }
        self.put_off += 1;
        let is_last = self.tries >= engine.retry.retries;
        self.put_off > 1 || is_last || self.has_nothing() || queue.is_streaming(self.index)
    }

    /// A range was refused: an ordinary request tells whether the file is. It costs no attempt.
    async fn plain_instead(
        &mut self,
        link: &Link,
        version: Arc<Version>,
        claim: Claim,
        refused: AttemptError,
    ) -> Result<(), AttemptError> {
        {
            // One that is under way has told it already.
            let mut queue = self.engine.queue();
            if version.is_abandoned() {
                return Err(AttemptError::Superseded);
            }
            if queue.is_streaming(self.index)
                && let Some(end) = claim.end
                && let Some(rest) = ByteRange::new(claim.at, end)
                && queue.ranges_refused(self.index, rest)
            {
                return Ok(());
            }
        }
        let reply = self.ask(link, None, None).await?;
        if reply.status != 200 {
            return Err(refused);
        }
        self.whole_instead(link, version, claim, reply).await
    }

    /// The other way round: an ordinary request was refused, and maybe a range is not.
    async fn range_instead(&mut self, link: &Link, refused: ZohoError) -> Result<(), AttemptError> {
        let Some(range) = ByteRange::new(0, FIRST) else {
            return Err(AttemptError::Zoho(refused));
        };
        let reply = match self.ask(link, Some(range), None).await {
            Ok(reply) => reply,
            Err(AttemptError::Zoho(_)) => return Err(AttemptError::Zoho(refused)),
            Err(trouble) => return Err(trouble),
        };
        let Some((sent, total)) = part_of(&reply, range) else {
            return Err(AttemptError::Zoho(refused));
        };
        let engine = self.engine;
        engine.queue().ranges_proven();
        engine.progress(self.index).one_stream = false;
        let opening = Opening::Part(sent.len());
        self.begin(link, reply, Some(total), opening).await
    }

    /// Whether a whole file in the place of a part of it may still be the file that is here. Several servers behind one
    /// name may each have validators of their own, and some answer every `If-Range` with the whole file.
    fn may_doubt(&self, version: &Version, reply: &Reply) -> bool {
        let same = !version.validator().contradicts(&reply.validator);
        let is_streaming = same && self.engine.queue().is_streaming(self.index);
        reply.content_length == version.length() && !is_streaming && worth(version).is_some()
    }

    /// The validators say that it is another file. If enough is here, the bytes decide, once for all of this run.
    async fn doubt(
        &mut self,
        link: &Link,
        version: Arc<Version>,
        claim: Claim,
    ) -> Result<(), AttemptError> {
        let Some(tail) = worth(&version) else {
            return Err(AttemptError::Changed(
                "the file changed on the server".into(),
            ));
        };
        if let Some(reply) = self.compare_tail(link, &version, tail, None).await? {
            return self.whole_instead(link, version, claim, reply).await;
        }
        tracing::info!(name = %version.name(), "another validator, but the same bytes");
        self.engine.progress(self.index).by_bytes = true;
        Box::pin(self.fetch(link, version, claim)).await
    }

    /// The line broke in a body whose length nobody told. A range of what follows tells it, if the server has ranges and
    /// confirms the version; otherwise the file is fetched from zero.
    async fn learn_length(
        &mut self,
        link: &Link,
        version: Arc<Version>,
        claim: Claim,
    ) -> Result<(), AttemptError> {
        let engine = self.engine;
        let lost = || AttemptError::BadRange("it is unknown where it broke off".into());
        let may_ask = claim.at > 0 && !engine.progress(self.index).one_stream;
        let if_range = version.validator().if_range();
        let range = ByteRange::new(claim.at, claim.at.saturating_add(FIRST));
        let (true, Some(if_range), Some(range)) = (may_ask, if_range, range) else {
            return Err(lost());
        };
        let mut reply = match self.ask(link, Some(range), Some(if_range)).await {
            Err(AttemptError::Zoho(error)) if self.is_about_ranges(&error) => return Err(lost()),
            reply => reply?,
        };
        let Some((sent, total)) = part_of(&reply, range) else {
            return Err(lost());
        };
        if version.validator().contradicts(&reply.validator) {
            return Err(AttemptError::Changed(
                "the file changed on the server".into(),
            ));
        }
        engine.queue().ranges_proven();
        version.set_length(total);
        version
            .make_room(&engine.folder)
            .map_err(DownloadError::from)?;
        engine.length_known(self.index, total);
        let (missing, opening) = (version.held().missing(total), Opening::Part(sent.len()));
        let piece = engine.queue().opened(self.index, missing, true, opening);
        engine.queue_changed();
        match piece {
            Some(piece) => {
                self.take(&version, piece.into(), &mut reply, sent.end())
                    .await
            }
            None => Ok(()),
        }
    }

    /// A range was asked for and the whole file comes: from zero, never appended.
    async fn whole_instead(
        &mut self,
        link: &Link,
        version: Arc<Version>,
        claim: Claim,
        mut reply: Reply,
    ) -> Result<(), AttemptError> {
        let same = reply.content_length == version.length()
            && !version.validator().contradicts(&reply.validator);
        if same && claim.at == 0 && version.held().total() == 0 {
            return self.take(&version, claim, &mut reply, TO_THE_END).await;
        }
        let goes_on = {
            let mut queue = self.engine.queue();
            if version.is_abandoned() {
                return Err(AttemptError::Superseded);
            }
            let rest = claim.end.and_then(|end| ByteRange::new(claim.at, end));
            same && rest.is_some_and(|rest| queue.ranges_refused(self.index, rest))
        };
        if goes_on {
            return Ok(());
        }
        let reason = if same {
            "the server sent the whole file instead of the rest"
        } else {
            "the file changed on the server"
        };
        self.begin_anew(link, reply, reason, same).await
    }

    /// Takes the whole file in the place of what is here of it.
    pub(super) async fn begin_anew(
        &mut self,
        link: &Link,
        reply: Reply,
        reason: &str,
        one_stream: bool,
    ) -> Result<(), AttemptError> {
        self.start_over(reason, one_stream)?;
        let length = reply.content_length;
        self.begin(link, reply, length, Opening::Whole).await
    }

    /// A body from zero: a new version begins, whose rest is open to the other connections.
    async fn begin(
        &mut self,
        link: &Link,
        mut reply: Reply,
        length: Option<u64>,
        opening: Opening,
    ) -> Result<(), AttemptError> {
        let engine = self.engine;
        let header = Header::new(
            engine.file(self.index).name.clone(),
            safe_url(&link.url),
            length,
            reply.validator.clone(),
        );
        let version = Version::fresh(&engine.folder, &header, engine.verifiers.bell())
            .map_err(DownloadError::from)?;
        let version = engine.install(self.index, version);
        let split = engine.progress(self.index).may_split() && reply.accepts_ranges != Some(false);
        let missing = match length {
            Some(length) => ByteRange::new(0, length).into_iter().collect(),
            None => Vec::new(),
        };
        if let Some(size) = length {
            engine.length_known(self.index, size);
        }
        if reply.accepts_ranges == Some(true) {
            engine.queue().ranges_announced();
        }
        let piece = engine.queue().opened(self.index, missing, split, opening);
        engine.queue_changed();
        engine.verify_beside(self.index, &version);
        let claim = match (length, piece) {
            (Some(_), Some(piece)) => piece.into(),
            (Some(_), None) => return Ok(()),
            (None, _) => Claim { at: 0, end: None },
        };
        let upto = match opening {
            Opening::Part(bytes) => bytes,
            Opening::Whole | Opening::Nothing => TO_THE_END,
        };
        self.take(&version, claim, &mut reply, upto).await
    }

    async fn take(
        &mut self,
        version: &Arc<Version>,
        mut claim: Claim,
        reply: &mut Reply,
        upto: u64,
    ) -> Result<(), AttemptError> {
        let outcome = pump(self.engine, self.index, version, &mut claim, reply, upto).await;
        self.aim = Aim::Fetch(Arc::clone(version), claim);
        if upto == TO_THE_END && outcome.is_err() {
            let mut queue = self.engine.queue();
            if !version.is_abandoned() {
                queue.front_ended(self.index);
            }
        }
        if outcome.is_ok() && version.is_whole() {
            self.engine.observer.event(Event::Verifying {
                name: version.name().clone(),
            });
        }
        outcome
    }

    pub(super) async fn ask(
        &self,
        link: &Link,
        range: Option<ByteRange>,
        if_range: Option<&str>,
    ) -> Result<Reply, AttemptError> {
        let request = FileRequest {
            url: &link.url,
            range,
            if_range,
        };
        tokio::select! {
            reply = self.engine.api.open(request) => reply.map_err(AttemptError::Zoho),
            _ = self.engine.stop.wait() => Err(AttemptError::Stopped),
        }
    }

    pub(super) async fn chunk(
        &self,
        reply: &mut Reply,
    ) -> Result<Option<bytes::Bytes>, AttemptError> {
        tokio::select! {
            chunk = reply.chunk() => chunk.map_err(AttemptError::from),
            _ = self.engine.stop.wait() => Err(AttemptError::Stopped),
        }
    }
}

/// Whether an ordinary request may have been refused for being one.
fn may_be_the_missing_range(engine: &Engine, error: &ZohoError) -> bool {
    !engine.no_ranges && !error.is_temporary() && error.may_be_about_the_range()
}

/// Whether a 206 is of the stretch asked for, or begins with it, in a file of this length.
fn fits(reply: &Reply, asked: ByteRange, length: u64) -> Result<(), AttemptError> {
    let Some(ContentRange::Part { range: sent, total }) = reply.content_range else {
        return Err(AttemptError::BadRange(
            "the server sent a part without saying which".into(),
        ));
    };
    let announced = reply
        .content_length
        .is_none_or(|length| length == sent.len());
    if sent.start() != asked.start() || sent.end() > asked.end() || !announced {
        return Err(AttemptError::BadRange(format!(
            "asked for {}, the server sent something else",
            asked.header()
        )));
    }
    match total {
        Some(total) if total == length => Ok(()),
        Some(_) => Err(AttemptError::Changed(
            "the length of the file has changed".into(),
        )),
        None => Err(AttemptError::BadRange(
            "the server sent a part without the length of the whole file".into(),
        )),
    }
}

/// Which part came and the length of the whole file, if the part is right in every respect and begins where it should.
fn part_of(reply: &Reply, asked: ByteRange) -> Option<(ByteRange, u64)> {
    let Some(ContentRange::Part {
        range: sent,
        total: Some(total),
    }) = reply.content_range
    else {
        return None;
    };
    let announced = reply
        .content_length
        .is_none_or(|length| length == sent.len());
    let fits = sent.start() == asked.start() && sent.end() <= asked.end();
    (reply.status == 206 && fits && announced).then_some((sent, total))
}
