//! A stream's configuration: what the contract owns, what it copies, and the rest as text.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::request::ApiError;
use crate::domain::{Behind, Origin, StreamConfig, escape};

/// Fields with a place of their own in [`StreamConfig`] that the contract owns, and the name.
const OWN: [&str; 9] = [
    "name",
    "subjects",
    "retention",
    "storage",
    "num_replicas",
    "mirror",
    "sources",
    "subject_transform",
    "sealed",
];

/// The server's default `duplicate_window`: two minutes, in nanoseconds.
const DUPLICATE_WINDOW: u64 = 120_000_000_000;

/// Metadata the server adds by itself begins so.
pub(super) const SERVER_METADATA: &str = "_nats.";

/// Reads a configuration as STREAM.INFO sends it. Nothing in it is an error: what is not there
/// or has another type counts as not set.
pub(super) fn read(raw: &Map<String, Value>) -> StreamConfig {
    let text = |field: &str| {
        let text = raw.get(field).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let flag = |field: &str| raw.get(field).and_then(Value::as_bool) == Some(true);
    let list = |field: &str| raw.get(field).and_then(Value::as_array);
    let set = |field: &str| raw.get(field).is_some_and(|value| !is_unset(value));
    let subjects = list("subjects").into_iter().flatten();
    let replicas = raw.get("num_replicas").and_then(Value::as_u64);
    StreamConfig {
        subjects: subjects.filter_map(|s| s.as_str().map(str::to_owned)).collect(),
        retention: text("retention"),
        storage: text("storage"),
        replicas: u32::try_from(replicas.unwrap_or_default()).unwrap_or(u32::MAX),
        mirror: set("mirror"),
        sources: list("sources").map_or(0, Vec::len),
        origins: origins(raw),
        subject_transform: set("subject_transform"),
        sealed: flag("sealed"),
        allow_direct: flag("allow_direct"),
        others: others(raw),
    }
}

fn others(raw: &Map<String, Value>) -> Vec<(String, String)> {
    let max_age = raw.get("max_age").and_then(Value::as_u64).unwrap_or(0);
    let mut others: Vec<_> = raw
        .iter()
        .filter(|(name, _)| !OWN.contains(&name.as_str()))
        .filter_map(|(name, value)| {
            let value = match (name.as_str(), value) {
                ("metadata", Value::Object(metadata)) => Value::Object(people(metadata)),
                _ => value.clone(),
            };
            let default = is_unset(&value) || is_default(name, &value, max_age);
            (!default).then(|| (name.clone(), text_of(&value)))
        })
        .collect();
    others.sort();
    others
}

/// Metadata without what the server added.
pub(super) fn people(metadata: &Map<String, Value>) -> Map<String, Value> {
    let own = |name: &String| !name.starts_with(SERVER_METADATA);
    let kept = metadata.iter().filter(|(name, _)| own(name));
    kept.map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// Whether a value is as good as absent; 0 and -1 both mean "no limit".
pub(super) fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(n) => n.as_i64().is_some_and(|n| n == 0 || n == -1),
        Value::String(s) => s.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
    }
}

/// Whether a value is what the server puts in when nothing was said.
fn is_default(name: &str, value: &Value, max_age: u64) -> bool {
    match name {
        "discard" => value == "old",
        "compression" => value == "none",
        "persist_mode" => value == "default",
        // A shorter age limit pulls the window down with it.
        "duplicate_window" => {
            let window =
                if max_age == 0 { DUPLICATE_WINDOW } else { max_age.min(DUPLICATE_WINDOW) };
            value.as_u64() == Some(window)
        }
        _ => false,
    }
}

/// A text as it is, anything else as JSON.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What it copies. An entry that is not understood is one without a name.
fn origins(raw: &Map<String, Value>) -> Vec<Origin> {
    let mirror = raw.get("mirror").filter(|mirror| !is_unset(mirror));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config(value: Value) -> StreamConfig {
        read(value.as_object().unwrap())
    }

    /// As nats-server 2.15.1 reports a stream made by the contract.
    fn fresh() -> Value {
        json!({"name":"UNIBUS_a","subjects":["a"],"retention":"limits","max_consumers":-1,
            "max_msgs":-1,"max_bytes":-1,"max_age":0,"max_msgs_per_subject":-1,"max_msg_size":-1,
            "discard":"old","storage":"file","num_replicas":1,"duplicate_window":120000000000u64,
            "compression":"none","allow_direct":false,"mirror_direct":false,"sealed":false,
            "deny_delete":false,"deny_purge":false,"allow_rollup_hdrs":false,"consumer_limits":{},
            "allow_msg_ttl":false,"metadata":{"_nats.level":"5","_nats.req.level":"0"}})
    }

    #[test]
    fn a_stream_made_by_the_contract_has_nothing_else() {
        let config = config(fresh());
        assert_eq!(config.others, []);
        assert_eq!(config.subjects, ["a"]);
        assert_eq!((config.retention.as_str(), config.storage.as_str()), ("limits", "file"));
        assert_eq!(config.replicas, 1);
        assert!(!config.mirror && !config.subject_transform && !config.sealed);
    }

    #[test]
    fn what_is_off_its_default_is_listed_by_name() {
        let mut value = fresh();
        let raw = value.as_object_mut().unwrap();
        raw.insert("max_age".into(), json!(60_000_000_000u64));
        raw.insert("duplicate_window".into(), json!(60_000_000_000u64));
        raw.insert("max_msgs".into(), json!(0));
        raw.insert("from_the_future".into(), json!({"a": [1]}));
        raw.insert("description".into(), json!("x"));
        raw.insert("metadata".into(), json!({"_nats.ver": "2", "team": "chat"}));
        let names = [
            ("description", "x"),
            ("from_the_future", r#"{"a":[1]}"#),
            ("max_age", "60000000000"),
            ("metadata", r#"{"team":"chat"}"#),
        ];
        let names = names.map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(config(value).others, names);
    }

    #[test]
    fn a_drifted_stream_is_read_as_it_is() {
        let config = config(json!({"storage":"memory","retention":"workqueue","num_replicas":3,
            "sources":[{"name":"x"},{"name":"y"}],"mirror":{"name":"z"},"sealed":true,
            "allow_direct":true,"subject_transform":{"src":">","dest":"a"},"subjects":null}));
        assert_eq!((config.storage.as_str(), config.retention.as_str()), ("memory", "workqueue"));
        assert_eq!((config.replicas, config.sources), (3, 2));
        assert!(config.mirror && config.sealed && config.allow_direct && config.subject_transform);
        assert!(config.subjects.is_empty());
        assert_eq!(config.others, [("allow_direct".to_owned(), "true".to_owned())]);
    }

    #[test]
    fn what_is_copied_is_named_with_its_part() {
        // As nats-server 2.15.1 reports it.
        let read = |value: Value| origins(value.as_object().unwrap());
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
