//! `download --prune`: old sets go once the latest one is complete.

use std::sync::Arc;

use serde_json::json;

use crate::commands::context::{Context, readings};
use crate::commands::prune::{self, Organisation};
use crate::download::publisher::Publisher;
use crate::problem;
use crate::store::manifest::SetState;

use super::report::Report;
use super::setup::Setup;

/// Prunes in the folder of the set that is open, if that was asked for and the run has come to a good end. Gives back what is to
/// be noted. `unprunable`: why nothing may go, if nothing may.
pub(super) async fn prune(
    setup: &Setup<'_>,
    publisher: &Arc<Publisher>,
    report: &mut Report,
    unprunable: Option<String>,
) -> anyhow::Result<Option<String>> {
    let (context, manifest) = (setup.context, publisher.manifest());
    if !setup.options.prune || !report.is_good() {
        return Ok(None);
    }
    if unprunable.is_some() {
        return Ok(unprunable);
    }
    let rules = setup.options.keep.rules()?;
    if manifest.state != SetState::Complete {
        return Ok(Some(
            "nothing is pruned: not all files of the latest backup were selected".to_owned(),
        ));
    }
    let (out, publisher, stop, readings) = (
        setup.out.clone(),
        Arc::clone(publisher),
        context.stop.clone(),
        readings(),
    );
    let pruned = tokio::task::spawn_blocking(move || {
        let name = publisher.location().name();
        let request = prune::Request {
            out: &out,
            rules,
            of: Organisation::Only(manifest.org.clone()),
            just_saved: Some(&name),
            readings,
        };
        prune::run(&request, &|| {
            let alone = publisher.store().check_lock();
            alone.map_err(|error| error.problem())?;
            stop.requested()
                .map_or(Ok(()), |by| Err(problem::stopped(by)))
        })
    });
    match pruned.await? {
        Ok(pruned) => tell(context, &pruned, report).map(Some),
        Err(problem) => {
            report.ended_by(problem);
            Ok(None)
        }
    }
}

/// Says what went, and why something did not. Gives back what is to be noted.
fn tell(context: &Context, pruned: &prune::Report, report: &mut Report) -> anyhow::Result<String> {
    let mut event = json!({ "event": "prune" });
    if let (Some(event), Some(document)) = (event.as_object_mut(), pruned.document().as_object()) {
        event.extend(document.clone());
    }
    context.event(&event)?;
    pruned.warnings().iter().for_each(|text| context.warn(text));
    pruned
        .problems()
        .into_iter()
        .for_each(|problem| report.ended_by(problem));
    Ok(pruned.note())
}
