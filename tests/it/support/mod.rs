//! What the integration tests stand on: a real server, a client of our own, a wiretap.

pub(crate) mod acknowledged;
pub(crate) mod cluster;
#[path = "../../../src/store/tests_double.rs"]
pub(crate) mod double;
pub(crate) mod held;
pub(crate) mod http;
pub(crate) mod install;
pub(crate) mod nats_server;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod pty;
pub(crate) mod raw_nats;
pub(crate) mod rooms;
pub(crate) mod serving;
pub(crate) mod stray;
pub(crate) mod told;
pub(crate) mod wait;
pub(crate) mod wiretap;

pub(crate) use acknowledged::Acknowledged;
pub(crate) use cluster::Cluster;
pub(crate) use held::Held;
pub(crate) use http::Http;
pub(crate) use nats_server::NatsServer;
pub(crate) use proxy::Proxy;
pub(crate) use pty::Pty;
pub(crate) use raw_nats::RawNats;
pub(crate) use serving::Serving;
pub(crate) use told::Told;
pub(crate) use wiretap::Wiretap;

use roomscope::domain::{Connection, Frame, StreamInfo, StreamName};
use roomscope::store::{
    Batch, Get, HistoryStore, InfoPage, NamePage, ReadMethod, StoreError, StreamWriter,
};

/// Copies a folder with all in it.
pub(crate) fn copy(from: &std::path::Path, to: &std::path::Path) {
    let done = std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(done.success());
}
