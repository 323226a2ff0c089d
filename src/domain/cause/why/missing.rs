//! Reasons for sequences that have no message. Where some are missing, none of these can be denied:
//! the configuration in force tells nothing of an earlier one.

use super::{Answer, Asked, Bound, Fact, Price, Reason, What};
use crate::domain::cause::completeness::{capital, counts};
use crate::domain::cause::{Account, From, Removal, What as Takes, removals};
use crate::domain::{Origin, StreamInfo, format};

/// The answer where nothing is missing by a count that does not contradict itself.
pub(super) fn nothing(what: What, info: &StreamInfo) -> Option<Reason> {
    let is_none = Account::of(info).missing() == (0, 0) && !info.state.is_doubtful();
    is_none.then(|| {
        let words = match info.state.last_seq {
            0 => "No sequence was ever given out, as far as this server knows.".into(),
            last => format!(
                "No sequence from 1 to {} is missing, as far as this server knows.",
                format::count(last)
            ),
        };
        Reason::new(what, Answer::No, words)
    })
}

/// Those of these that are set now.
fn in_force(info: &StreamInfo, what: &[Takes]) -> Vec<Removal> {
    removals(info).into_iter().filter(|removal| what.contains(&removal.what)).collect()
}

fn words(removals: &[Removal], between: &str) -> String {
    let words: Vec<&str> = removals.iter().map(|removal| removal.words.as_str()).collect();
    words.join(between)
}

fn facts(reason: Reason, info: &StreamInfo, removals: &[Removal]) -> Reason {
    let (inside, below) = Account::of(info).missing();
    let words = removals.iter().map(|removal| removal.words.clone()).collect();
    reason
        .fact("in_force_now", Fact::Texts(words))
        .fact("missing_inside", Fact::Number(inside))
        .fact("before_first", Fact::Number(below))
        .fact("as_of", info.as_of.into())
}

/// A limit took them.
pub(super) fn limits(_: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::Limits;
    let limits = [Takes::MaxAge, Takes::MaxMsgs, Takes::MaxBytes, Takes::PerSubject];
    let in_force = in_force(info, &limits);
    let (inside, below) = Account::of(info).missing();
    let open = Answer::CannotBeKnown;
    let earlier = "an earlier configuration can have had one";
    let reason = if in_force.is_empty() {
        Reason::new(what, open, format!("None in force now removes messages; {earlier}."))
    } else {
        let fits = in_force.iter().any(|limit| limit.fits_head) && below > 0;
        let fits = match fits {
            true => "can have taken what is before the first",
            false => "can have removed messages, though the stream does not show that it did",
        };
        let words = format!("In force now: {}. This {fits}.", words(&in_force, "; "));
        let anywhere = in_force.iter().any(|limit| limit.from == From::Anywhere);
        let most = if anywhere { below.saturating_add(inside) } else { below };
        Reason::new(what, open, words).up_to(most)
    };
    let fits = in_force.iter().filter(|limit| limit.fits_head);
    let fits = fits.map(|limit| limit.words.clone()).collect();
    facts(reason, info, &in_force).fact("fits", Fact::Texts(fits)).proof(
        "Evictions leave no record; a bundle that roomscope export made earlier shows what was there.",
        None,
    )
}

/// Deleted or purged by a request.
pub(super) fn removed(asked: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::Removed;
    let requests = in_force(info, &[Takes::Delete, Takes::Purge]);
    let (inside, below) = Account::of(info).missing();
    let most = inside.saturating_add(below).saturating_sub(asked.account(info).lost);
    let now = if requests.is_empty() {
        "Requests may not remove messages now; before that was set they can have.".into()
    } else {
        format!("Now {}.", words(&requests, ", and "))
    };
    let reason = Reason::new(what, Answer::CannotBeKnown, now).add(
        "The server lists deleted and lost sequences alike, and keeps no record of who, when or why.",
    );
    facts(reason.up_to(most), info, &requests).proof(
        "A stream that captured $JS.EVENT.ADVISORY.API at that time tells who removed what.",
        Some(Price { requests: 1, bytes: super::reason::INFO }),
    )
}

/// Expired by a TTL, rolled up or acknowledged.
pub(super) fn expired(asked: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::Expired;
    let markers = asked.reading.as_ref().map_or(0, |reading| reading.markers);
    let ways = in_force(info, &[Takes::MessageTtl, Takes::Rollup, Takes::Acknowledged]);
    let now = if ways.is_empty() {
        "None of it is set now; an earlier configuration can have had it.".into()
    } else {
        format!("In force now: {}.", words(&ways, "; "))
    };
    let (inside, below) = Account::of(info).missing();
    let reason = Reason::new(what, Answer::CannotBeKnown, now);
    let reason = match (markers, format::counted(markers, "frame")) {
        (0, _) => reason,
        (_, n) => reason.add(format!(
            "{n} of the window, each without a payload, say that they stand for the last message of \
             a subject that expired (Nats-Marker-Reason: MaxAge); any client can publish such a one."
        )),
    };
    let can_have = markers > 0 || !ways.is_empty();
    let reason = reason.up_to(if can_have { inside.saturating_add(below) } else { 0 });
    facts(reason, info, &ways).fact("markers", Fact::Number(markers)).proof(
        "A bundle made earlier shows what was there; a marker of the server only tells of it.",
        None,
    )
}

/// Numbers that no message ever had in this stream.
pub(super) fn never_stored(_: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::NeverStored;
    let (inside, below) = Account::of(info).missing();
    let (config, first) = (&info.config, info.state.first_seq);
    let configured = config.first_seq();
    let ways = in_force(info, &[Takes::NoInterest, Takes::Origin]);
    let mut most = below;
    let words = match configured {
        Some(seq) if seq <= first => {
            most = seq - 1;
            format!(
                "The configuration in force begins the stream at {}; if it was made so, nothing was \
                 ever stored below.",
                format::count(seq)
            )
        }
        Some(seq) => format!(
            "The configuration begins the stream at {}, which was set later: its first sequence is \
             {}.",
            format::count(seq),
            format::count(first)
        ),
        None if below > 0 => "No first sequence is configured now; one can have been, and a purge \
                              beyond the last sequence uses up numbers, too."
            .into(),
        None => "Nothing in force now makes such; an earlier configuration can have.".into(),
    };
    let mut reason = Reason::new(what, Answer::CannotBeKnown, words);
    if !ways.is_empty() {
        if configured.is_none() {
            reason.words.clear();
        }
        reason = reason.add(format!("In force now: {}.", words_of_origins(info, &ways)));
        most = inside.saturating_add(below);
    }
    facts(reason.up_to(most), info, &ways)
        .fact("configured_first_seq", configured.into())
        .fact("first_seq", Fact::Number(first))
        .proof("A bundle made earlier shows what was there.", None)
}

/// What keeps messages out, and of a mirror which part of its origin it copies.
fn words_of_origins(info: &StreamInfo, ways: &[Removal]) -> String {
    let origins: Vec<String> = info.config.origins.iter().map(Origin::words).collect();
    match info.config.mirror && !origins.is_empty() {
        true => format!("{} ({})", words(ways, "; "), origins.join("; ")),
        false => words(ways, "; "),
    }
}

/// Lost from the server's storage.
pub(super) fn lost(asked: &Asked<'_>, info: &StreamInfo) -> Reason {
    let what = What::Lost;
    let account = asked.account(info);
    let state = &info.state;
    let reported = state.lost.as_ref();
    let facts = |reason: Reason| {
        reason
            .fact("asked", Fact::Flag(reported.is_some_and(|lost| !lost.earlier)))
            .fact("reported_sequences", reported.map(|lost| lost.seqs.len() as u64).into())
            .fact("reported_bytes", reported.map(|lost| lost.bytes).into())
            .fact("unnamed", Fact::Flag(reported.is_some_and(|lost| lost.unnamed)))
            .fact("not_readable_now", Fact::Number(account.lost))
            .fact("leader", info.leader.clone().map_or(Fact::None, Fact::Text))
            .fact("as_of", info.as_of.into())
    };
    let report = reported.filter(|lost| !lost.is_none()).map(|lost| capital(&lost.words()));
    let forgets = "A server mostly forgets a loss when it is started again";
    if account.lost > 0 {
        let words = report.unwrap_or_default();
        let n = format::counted(account.lost, "sequence");
        let words = format!("{words}. Of what is reported, {n} cannot be read now.");
        return facts(
            Reason::new(what, Answer::Yes, words).sequences(account.lost, Bound::Exactly),
        );
    }
    if let Some((from, to)) = state.went_back.filter(|(from, to)| from > to) {
        let words = format!(
            "The last sequence went back from {} to {}: what was between is gone.",
            format::count(from),
            format::count(to)
        );
        let n = from - to;
        return facts(Reason::new(what, Answer::Yes, words).sequences(n, Bound::AtLeast));
    }
    let (inside, below) = Account::of(info).missing();
    let missing = inside.saturating_add(below);
    let open = |words: String| Reason::new(what, Answer::CannotBeKnown, words);
    if !state.adds_up() {
        let words = format!("The server's counts contradict each other: {}.", counts(state));
        return facts(open(words));
    }
    match (report, reported) {
        (Some(report), Some(lost)) if lost.unnamed => {
            let words = format!("{report}: which are gone is not told.");
            facts(open(words).up_to(missing))
        }
        (Some(report), _) => {
            let words = format!("{report}. Nothing of that is known to be missing now.");
            facts(open(words).up_to(missing))
        }
        (None, None) => {
            let words = "Whether the server reports a loss was not asked: the answer brings its list \
                         of missing sequences with it.";
            let price = Price::list(info);
            facts(open(words.into()).up_to(missing))
                .proof("Asking for that list tells.", Some(price))
        }
        (None, Some(_)) if missing == 0 => {
            let words = format!(
                "The server reports no loss, and nothing is missing up to its last sequence, {}, as \
                 far as it knows. {forgets}.",
                format::count(state.last_seq)
            );
            facts(Reason::new(what, Answer::No, words))
        }
        (None, Some(_)) => {
            let words = format!(
                "The server reports no loss. {forgets}, and lists lost and deleted sequences alike."
            );
            facts(open(words).up_to(missing)).proof(
                "Tombstones in a stopped server's store prove removals; a bundle made earlier shows \
                 what was there.",
                None,
            )
        }
    }
}
