//! Streams of three replicas, in clusters of three and five.

mod leaderless;
mod members;

use std::path::PathBuf;

use tempfile::TempDir;

use super::faces::{At, Faces, Knows};
use super::law::Moment;
use super::truth::{Server, Truth};
use crate::support::rooms::{go_config, stream};
use crate::support::serving::room;
use crate::support::{Cluster, RawNats, Serving};

/// A rooms file in a folder of its own.
struct Known {
    _folder: TempDir,
    path: PathBuf,
    text: String,
}

impl Known {
    fn of(ids: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rooms.toml");
        let text: String = ids.iter().map(|id| room(id, "replicas = 3")).collect();
        std::fs::write(&path, &text).unwrap();
        Self { _folder: folder, path, text }
    }

    /// What every face says of a room through one member.
    fn faces(&self, cluster: &Cluster, through: usize, id: &str) -> Faces {
        let url = cluster.url(through);
        let serving = Serving::start(&url, &self.text, &["--read-only"]);
        let at = At { url: &url, id, rooms: &self.path, is_large: false };
        Faces::ask(&at, Some(&serving), Knows::ask())
    }

    /// Holds every face against the truth. Gives what they said, in one line.
    #[track_caller]
    fn lawful(
        &self,
        cluster: &Cluster,
        through: usize,
        id: &str,
        truth: &Truth,
    ) -> (Faces, Server) {
        let faces = self.faces(cluster, through, id);
        let server = Server::look(&mut cluster.raw(through), id, truth.last());
        let moment = Moment { truth, server: &server, blind: None };
        let wrong = moment.judge(&faces);
        assert!(wrong.is_empty(), "{id}: {}\n- {}", moment.line(&faces), wrong.join("\n- "));
        (faces, server)
    }

    /// While leaders change, an answer may be missing; what is said is still so.
    #[track_caller]
    fn fair(&self, cluster: &Cluster, through: usize, id: &str, truth: &Truth) {
        let faces = self.faces(cluster, through, id);
        assert_ne!(faces.verdict.completeness, "damaged", "{}", faces.verdict.report);
        for account in &faces.accounts {
            for said in &account.said {
                let seqs = said.start..=said.end;
                let is_fair = match said.cause.as_str() {
                    "frame" => truth.acked[&said.start].contains(said.digest.as_ref().unwrap()),
                    "removed" => seqs.clone().all(|seq| truth.removed.contains(&seq)),
                    "unread" | "not-known" => true,
                    _ => false,
                };
                assert!(is_fair, "{}: {said:?}", account.face);
            }
        }
    }
}

/// A stream of three replicas with so many frames, in small blocks.
fn filled(cluster: &Cluster, raw: &mut RawNats, id: &str, count: u64, size: usize) -> Truth {
    let mut config = go_config(id, &format!("room.{id}"));
    config["num_replicas"] = 3.into();
    config["max_bytes"] = 120_000.into();
    cluster.create(raw, &config);
    config["max_bytes"] = (-1).into();
    let done = raw.api(&format!("STREAM.UPDATE.{}", stream(id).as_str()), &config);
    assert!(done.get("error").is_none(), "{done}");
    let mut truth = Truth::default();
    assert_eq!(truth.publish(raw, id, count, size), count);
    truth
}
