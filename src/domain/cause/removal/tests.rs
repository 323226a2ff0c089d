use super::*;
use crate::domain::StreamState;

fn info(others: &[(&str, &str)]) -> StreamInfo {
    let others = others.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    StreamInfo {
        config: StreamConfig {
            subjects: vec!["a".into()],
            retention: "limits".into(),
            others: others.collect(),
            ..StreamConfig::default()
        },
        state: StreamState { messages: 10, first_seq: 1, last_seq: 10, ..StreamState::default() },
        ..StreamInfo::default()
    }
}

fn whats(info: &StreamInfo) -> Vec<(What, From)> {
    removals(info).into_iter().map(|removal| (removal.what, removal.from)).collect()
}

#[test]
fn a_stream_as_the_contract_makes_it_loses_messages_by_requests_alone() {
    let anywhere = From::Anywhere;
    assert_eq!(whats(&info(&[])), [(What::Delete, anywhere), (What::Purge, anywhere)]);
}

#[test]
fn what_is_denied_or_sealed_takes_nothing_now() {
    let denied = info(&[("deny_delete", "true"), ("deny_purge", "true")]);
    assert_eq!(whats(&denied), []);
    let mut sealed = info(&[]);
    sealed.config.sealed = true;
    assert_eq!(whats(&sealed), []);
}

#[test]
fn limits_that_refuse_take_nothing() {
    let full = info(&[("max_msgs", "10"), ("max_bytes", "10"), ("discard", "new")]);
    let limits = |(what, _): &(What, From)| matches!(what, What::MaxMsgs | What::MaxBytes);
    assert!(!whats(&full).iter().any(limits));
}

#[test]
fn a_limit_per_subject_takes_the_head_of_one_subject_and_the_middle_of_many() {
    let mut one = info(&[("max_msgs_per_subject", "10")]);
    assert_eq!(whats(&one)[0], (What::PerSubject, From::Head));
    one.config.subjects = vec!["a.*".into()];
    assert_eq!(whats(&one)[0], (What::PerSubject, From::Anywhere));
    one.config.subjects = vec!["a".into()];
    one.config.sources = 1;
    assert_eq!(whats(&one)[0], (What::PerSubject, From::Anywhere));
}

#[test]
fn an_age_limit_is_named_with_its_value_and_how_it_fits() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let mut aged = info(&[("max_age", "2592000000000000")]);
    let day = 86_400;
    aged.created = at(0);
    aged.state.first_time = Some(at(11 * day + 3600));
    aged.as_of = Some(at(41 * day));
    let removal = &removals(&aged)[0];
    let words = "max_age 30d; the stream is 41d old; its first message is 29d 23h old";
    assert_eq!(removal.words, words);
    assert!(removal.fits_head);
}
