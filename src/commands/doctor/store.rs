//! Where backups go in an object store: what may be done there, what the store can do, and how it keeps what is saved.

use chrono::{TimeDelta, Utc};

use crate::problem::Problem;
use crate::settings::Sources;
use crate::store::object::{
    Bucket, Conditions, Lease, Lifecycle, ObjectFolder, ObjectLock, Probe, Scheme, StoreUrl,
    Versioning, encryption, lifecycle, object_lock, versioning,
};
use crate::store::{Location, StorageError};

use super::report::{Found, Report, ok, skipped};
use super::saved::Wanted;
use super::zoho::{CLOCK_WARNING, difference};

/// That something is not allowed, and so the rest may be.
const DENIED: &str = "store_denied";

/// Everything about a prefix in a store. Gives the size of the largest file of the last backup there.
pub(super) fn look(
    report: &mut Report,
    sources: &Sources,
    url: &StoreUrl,
    wanted: &Wanted,
) -> anyhow::Result<Option<u64>> {
    let folder = match open(sources, url) {
        Ok(folder) => folder,
        Err(problem) => {
            report.add("store", Err(problem.into()))?;
            return Ok(None);
        }
    };
    let listed = folder.bucket.list_folder(&folder.prefix);
    let problem = listed.as_ref().err().map(StorageError::problem);
    let is_usable = problem.as_ref().is_none_or(|it| it.code == DENIED);
    let found = problem.map_or_else(|| Ok(reached(&folder)), |it| Err(it.into()));
    report.add("store", found)?;
    if !is_usable {
        return Ok(None);
    }
    let is_listed = listed.is_ok();
    let (_, objects) = listed.unwrap_or_default();
    rights(report, Probe::new(&folder, &objects), wanted)?;
    protection(report, &folder)?;
    let lock = wanted.locks.then(|| Lease::holder(&folder));
    let is_held = matches!(lock, Some(Ok(Some(_))));
    report.add("lock", lock_state(lock))?;
    if !is_listed {
        report.add("saved", Ok(skipped("the store can't be listed")))?;
        return Ok(None);
    }
    let saved = (wanted.saved)(&Location::Object(folder));
    let largest = saved.largest_of_newest();
    report.add("saved", saved.check(is_held))?;
    Ok(largest)
}

/// One try each: whoever asks a doctor is waiting.
fn open(sources: &Sources, url: &StoreUrl) -> Result<ObjectFolder, Problem> {
    let mut access = sources.store_access()?;
    access.retry.retries = 0;
    let bucket = Bucket::open(url, &access)?;
    Ok(ObjectFolder::new(bucket, &url.prefix))
}

fn reached(folder: &ObjectFolder) -> Found {
    let standing = folder.bucket.standing();
    ok(format!("{folder}: listed, {standing}"))
}

fn lock_state(holder: Option<Result<Option<String>, StorageError>>) -> anyhow::Result<Found> {
    Ok(match holder.transpose()? {
        None => ok("not used, as the profile says"),
        Some(None) => ok("free"),
        Some(Some(told)) => ok(format!("held: {told}")),
    })
}

fn clock(ahead: TimeDelta) -> Found {
    let found = ok(difference(ahead));
    if ahead.abs() < CLOCK_WARNING {
        return found;
    }
    found.warn("set this machine's clock (NTP): a store lets nobody in whose clock is a quarter of an hour off")
}

/// What may be done there, and what can. The probe goes in the end, also when something fails in between.
fn rights(report: &mut Report, mut probe: Probe, wanted: &Wanted) -> anyhow::Result<()> {
    let written = probe.write();
    let is_written = written.is_ok();
    report.add(
        "write",
        written
            .map(|()| ok("an object can be written"))
            .map_err(Into::into),
    )?;
    if is_written {
        let read = probe.read();
        let time = read.as_ref().ok().copied().flatten();
        let read = read.map(|_| ok("the object can be read"));
        report.add("read", read.map_err(Into::into))?;
        if let Some(time) = time {
            report.add("store_clock", Ok(clock(Utc::now() - time)))?;
        }
        let conditions = probe.conditions().map(conditions);
        report.add("conditions", conditions.map_err(Into::into))?;
        report.add("multipart", multipart(&probe).map_err(Into::into))?;
    }
    Ok(report.add("remove", removal(&probe, wanted.prunes))?)
}

/// What keeps two runs apart.
fn conditions(Conditions { put, update }: Conditions) -> Found {
    let text = match (put, update) {
        (true, true) => {
            return ok(
                "an object is created only where there is none, and replaced only as it was known",
            );
        }
        (true, false) => "the store replaces an object also when it has changed meanwhile",
        (false, true) => "the store overwrites an object that was to be created only",
        (false, false) => {
            "the store observes no conditions: it overwrites what was to be created only, or to be replaced as it was known"
        }
    };
    ok(text).warn("let only one run at a time save to this prefix: two at once are kept apart less surely here")
}

fn multipart(probe: &Probe) -> Result<Found, StorageError> {
    let Some(id) = probe.begin_upload()? else {
        return Ok(ok(
            "not tried: the store itself drops what is not completed within a week",
        ));
    };
    Ok(match probe.abort_upload(id) {
        Ok(()) => ok("an upload in parts was begun and aborted"),
        Err(error) => {
            let problem = error.problem();
            let hint = "allow it, or have a lifecycle rule abort incomplete uploads: the parts of failed uploads are stored, and cost money, without being seen";
            ok(format!("an upload in parts can't be aborted: {problem}")).warn(hint)
        }
    })
}

/// Who only adds backups needs no right to remove any, and is safer without it.
fn removal(probe: &Probe, prunes: bool) -> anyhow::Result<Found> {
    let Err(error) = probe.may_remove() else {
        return Ok(ok("an object can be removed"));
    };
    let problem = error.problem();
    if problem.code != DENIED {
        return Err(problem.into());
    }
    let stays = if probe.stays() {
        format!("; the probe {} stays, one for all times", probe.address())
    } else {
        String::new()
    };
    let found = ok(format!("{problem}; only `prune` needs it{stays}"));
    Ok(if prunes {
        found.warn("allow it, or leave `prune` to somebody else: this profile has `prune = true`")
    } else {
        found
    })
}

/// What is left when somebody who got our credentials, or a mistake, overwrites or removes everything.
fn protection(report: &mut Report, folder: &ObjectFolder) -> anyhow::Result<()> {
    let bucket = &folder.bucket;
    match bucket.url().scheme {
        Scheme::S3 => {}
        Scheme::Gs => {
            let found = "not looked at in Google Cloud Storage: see versioning, soft delete, retention policy and lifecycle with `gcloud storage buckets describe`";
            return Ok(report.add("versioning", Ok(ok(found)))?);
        }
        Scheme::Az => {
            let found = "not looked at in Azure: see soft delete, versioning and immutability of the storage account, under Data protection";
            return Ok(report.add("versioning", Ok(ok(found)))?);
        }
    }
    let or_unknown =
        |found: Result<Found, String>| found.unwrap_or_else(|why| ok(format!("not known: {why}")));
    let versions = versioning(bucket);
    let is_versioned = matches!(versions, Ok(Versioning::Enabled) | Err(_));
    report.add("versioning", Ok(or_unknown(versions.map(versions_found))))?;
    let lock = object_lock(bucket).map(|lock| lock_found(lock, is_versioned));
    report.add("object_lock", Ok(or_unknown(lock)))?;
    let rules = lifecycle(bucket).map(|rules| rules_found(&rules, &folder.prefix));
    report.add("lifecycle", Ok(or_unknown(rules)))?;
    let encryption = encryption(bucket).map(|by| match by {
        Some(algorithm) => ok(format!("by default: {algorithm}")),
        None => ok("none by default; the store option server_side_encryption asks for it"),
    });
    Ok(report.add("encryption", Ok(or_unknown(encryption)))?)
}

fn versions_found(versions: Versioning) -> Found {
    let what = match versions {
        Versioning::Enabled => {
            return ok("on: what is overwritten or removed stays as an older version");
        }
        Versioning::Suspended => "suspended",
        Versioning::Off => "off",
    };
    ok(format!("{what}: whoever gets these credentials, or a mistake, can destroy the backups"))
        .warn("turn on versioning, and object lock with a default retention: then nobody can before their time")
}

/// A removal is never refused because of it: it only hides what stays.
fn lock_found(lock: ObjectLock, is_versioned: bool) -> Found {
    match lock {
        ObjectLock::Default(retention) => ok(format!(
            "on ({retention}): nothing saved can be destroyed before; what `prune` removes is hidden, and takes up room until then"
        )),
        ObjectLock::NoDefault => {
            ok("on, but without a default retention: what is uploaded is not locked")
                .warn("set a default retention for the bucket, such as COMPLIANCE for 30 days")
        }
        ObjectLock::Off if is_versioned => {
            ok("off: whoever may delete versions (s3:DeleteObjectVersion) can destroy backups")
        }
        ObjectLock::Off => ok("off"),
    }
}

fn rules_found(rules: &Lifecycle, prefix: &str) -> Found {
    let objects = rules.of_objects(prefix);
    let objects = if objects.is_empty() {
        String::new()
    } else {
        format!("; by other rules objects are {}", objects.join(", "))
    };
    match rules.uploads_end_after(prefix) {
        Some(days) => ok(format!(
            "uploads that nobody completes are aborted after {days} {}{objects}",
            if days == 1 { "day" } else { "days" }
        )),
        None => ok(format!("no rule aborts uploads that nobody completes{objects}"))
            .warn("add a lifecycle rule with AbortIncompleteMultipartUpload, such as after 7 days: the parts of an upload whose run never came back cost money without being seen"),
    }
}
