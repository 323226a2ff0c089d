//! The two writes there are: making a missing stream, and changing one when a person says so.

use serde_json::{Map, Value, json};

use super::config::{self, SERVER_METADATA};
use super::connect::Link;
use super::request::{bad_reply, parse};
use super::streams::InfoReply;
use crate::domain::{FaultKind, StreamInfo, StreamSpec};
use crate::store::StoreError;

impl Link {
    pub(super) async fn create(&self, spec: &StreamSpec) -> Result<StreamInfo, StoreError> {
        // What is not said takes the server's default, as the Go client's zero values do.
        let body = json!({
            "name": spec.name.as_str(),
            "subjects": [spec.subject.as_str()],
            "retention": "limits",
            "storage": "file",
            "num_replicas": spec.replicas.max(1),
        });
        let what = || format!("create {}", spec.name);
        self.write("CREATE", spec, &body, &what).await
    }

    pub(super) async fn update(
        &self,
        spec: &StreamSpec,
        seen: &StreamInfo,
    ) -> Result<StreamInfo, StoreError> {
        let what = || format!("change {}", spec.name);
        let mut wire = self.raw_info(&spec.name, false).await?;
        let raw = std::mem::take(&mut wire.config);
        let found = config::read(&raw);
        let created = wire.into_info().created;
        if created != seen.created {
            let detail =
                "it was deleted and made again since it was looked at; nothing was changed";
            return Err(StoreError::new(FaultKind::Recreated, what(), detail));
        }
        if found != seen.config {
            let detail = "its configuration was changed since it was looked at; nothing was \
                          changed now";
            return Err(StoreError::new(FaultKind::StreamExists, what(), detail));
        }
        let body = Value::Object(overlay(raw, spec));
        self.write("UPDATE", spec, &body, &what).await
    }

    async fn write(
        &self,
        verb: &str,
        spec: &StreamSpec,
        body: &Value,
        what: &(impl Fn() -> String + Sync),
    ) -> Result<StreamInfo, StoreError> {
        if self.live().is_none() {
            return Err(self.status.down(what()));
        }
        let subject = self.subjects.api(&format!("STREAM.{verb}.{}", spec.name.as_str()));
        let reply = self.request(subject, body, what).await.map_err(|mut error| {
            if matches!(error.kind, FaultKind::Timeout | FaultKind::Disconnected) {
                error.detail += "; it may have been done all the same: refresh and look";
            }
            error
        })?;
        let reply: InfoReply = parse(&reply, what)?;
        let info = reply.info().ok_or_else(|| bad_reply(what(), "it holds no stream"))?;
        Ok(info.into_info())
    }
}

/// The configuration as found, with the contract's fields put right. Retention, storage, mirror
/// and seal stay: the server changes none of them on a living stream.
fn overlay(mut raw: Map<String, Value>, spec: &StreamSpec) -> Map<String, Value> {
    raw.insert("subjects".into(), json!([spec.subject.as_str()]));
    raw.insert("num_replicas".into(), json!(spec.replicas.max(1)));
    raw.remove("sources");
    raw.remove("subject_transform");
    if let Some(Value::Object(metadata)) = raw.get_mut("metadata") {
        // The server writes its own again.
        metadata.retain(|name, _| !name.starts_with(SERVER_METADATA));
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{RoomId, Subject};

    #[test]
    fn only_the_contracts_fields_are_overlaid() {
        let spec = StreamSpec {
            name: RoomId::new("a").unwrap().stream(),
            subject: Subject::new("room.a").unwrap(),
            replicas: 0,
        };
        let raw = json!({"name": "UNIBUS_a", "subjects": ["x", "y"], "num_replicas": 3,
            "storage": "memory", "max_age": 5, "from_the_future": {"a": 1}, "sources": [{}],
            "subject_transform": {"src": "a", "dest": "b"},
            "metadata": {"_nats.ver": "2.15.1", "team": "chat"}});
        let wanted = json!({"name": "UNIBUS_a", "subjects": ["room.a"], "num_replicas": 1,
            "storage": "memory", "max_age": 5, "from_the_future": {"a": 1},
            "metadata": {"team": "chat"}});
        let raw = raw.as_object().unwrap().clone();
        assert_eq!(Value::Object(overlay(raw, &spec)), wanted);
    }
}
