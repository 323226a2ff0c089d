//! What a stream copies, as configuration and state name it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::config;
use super::wire::ApiError;
use crate::domain::{Behind, Origin, escape};

/// How far a mirror or a source is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireBehind {
    name: String,
    lag: u64,
    /// Nanoseconds; -1 where it never was heard of.
    active: i64,
    error: Option<ApiError>,
}

impl WireBehind {
    pub(super) fn into_behind(self) -> Behind {
        Behind {
            name: escape::text(&self.name).into_owned(),
            lag: self.lag,
            active: u64::try_from(self.active).ok(),
            error: self.error.map(|error| escape::text(&error.to_string()).into_owned()),
        }
    }
}

/// What it copies. An entry that is not understood is one without a name.
pub(super) fn read(raw: &Map<String, Value>) -> Vec<Origin> {
    let mirror = raw.get("mirror").filter(|mirror| !config::is_unset(mirror));
    let sources = raw.get("sources").and_then(Value::as_array).into_iter().flatten();
    mirror.into_iter().chain(sources).map(origin).collect()
}

fn origin(raw: &Value) -> Origin {
    let text = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(|text| escape::text(text).into_owned())
    };
    // A filter is a transform without a target.
    let transforms = raw.get("subject_transforms").and_then(Value::as_array).into_iter().flatten();
    let filters = transforms.map(|transform| transform.get("src"));
    Origin {
        name: text(raw.get("name")).unwrap_or_default(),
        filters: [raw.get("filter_subject")].into_iter().chain(filters).filter_map(text).collect(),
        start_seq: raw.get("opt_start_seq").and_then(Value::as_u64).filter(|seq| *seq > 0),
        start_time: raw
            .get("opt_start_time")
            .and_then(Value::as_str)
            .and_then(|time| time.parse().ok()),
        external: text(raw.pointer("/external/api")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_copied_is_named_with_its_part() {
        // As nats-server 2.15.1 reports it.
        let read = |value: Value| read(value.as_object().unwrap());
        let mirror = read(json!({"mirror": {"name": "O", "opt_start_seq": 20,
            "subject_transforms": [{"src": "o.a", "dest": "q.a"}]}}));
        assert_eq!(mirror[0].words(), "O, only o.a, from sequence 20 on");
        let sources = read(json!({"sources": [{"name": "O", "filter_subject": "o.b"},
            {"name": "P", "external": {"api": "$JS.hub.API", "deliver": ""}}, "odd"]}));
        let words: Vec<_> = sources.iter().map(Origin::words).collect();
        assert_eq!(words, ["O, only o.b", "P, by the API $JS.hub.API", ""]);
    }

    #[test]
    fn how_far_a_copy_is_goes_as_the_server_tells() {
        let behind = |value| serde_json::from_value::<WireBehind>(value).unwrap().into_behind();
        let fed = behind(json!({"name": "O", "lag": 3, "active": 847, "filter_subject": "o.a"}));
        assert_eq!((fed.lag, fed.active, fed.error), (3, Some(847), None));
        let never = behind(json!({"name": "O", "lag": 0, "active": -1,
            "error": {"code": 404, "err_code": 10059, "description": "stream not found"}}));
        assert_eq!(never.active, None);
        assert_eq!(never.error.as_deref(), Some("stream not found (10059)"));
    }
}
