//! Servers that form a cluster on loopback, each with a store of its own.

mod frozen;
mod leaders;

use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::install::{Version, nats_server};
use super::raw_nats::RawNats;
use super::wait;

pub(crate) use leaders::{leader_within, step_down};

/// Longest wait for an election; a few seconds where nothing else is busy.
pub(crate) const ELECTION: Duration = Duration::from_secs(60);

/// A cluster of members `n1`, `n2`, …; all are killed when dropped.
pub(crate) struct Cluster {
    dir: TempDir,
    members: Vec<Member>,
}

struct Member {
    port: u16,
    /// Where it tells about itself over HTTP.
    monitor: u16,
    child: Option<Child>,
}

impl Cluster {
    /// So many members, once they have a leader among them.
    pub(crate) fn start(count: usize) -> Self {
        Self::with(count, "")
    }

    /// The same with a system account, so that the metadata's leader can be told to step down.
    pub(crate) fn with_system(count: usize) -> Self {
        Self::with(count, "accounts { $SYS { users: [{user: sys, password: sys}] } }\n")
    }

    fn with(count: usize, more: &str) -> Self {
        // A port that was free may be taken a moment later, so a start may have to be repeated.
        for _ in 0..3 {
            let mut cluster = Self::configure(count, more);
            (0..count).for_each(|at| cluster.start_member(at));
            if cluster.is_running() && cluster.has_leader() {
                return cluster;
            }
        }
        panic!("no cluster of {count} could be started");
    }

    fn configure(count: usize, more: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listeners: Vec<_> =
            (0..count * 3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> =
            listeners.iter().map(|socket| socket.local_addr().unwrap().port()).collect();
        let (clients, others) = ports.split_at(count);
        let (routes, monitors) = others.split_at(count);
        let all: Vec<_> = routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        for (at, (client, route)) in clients.iter().zip(routes).enumerate() {
            let name = name(at);
            let config = format!(
                "server_name: {name}\nlisten: '127.0.0.1:{client}'\nhttp: '127.0.0.1:{}'\n\
                 jetstream {{ store_dir: '{}' }}\n\
                 cluster {{ name: c, listen: '127.0.0.1:{route}', routes: [{}] }}\n{more}",
                monitors[at],
                dir.path().join(&name).display(),
                all.join(", "),
            );
            std::fs::write(dir.path().join(format!("{name}.conf")), config).unwrap();
        }
        let members = clients
            .iter()
            .zip(monitors)
            .map(|(port, monitor)| Member { port: *port, monitor: *monitor, child: None })
            .collect();
        Self { dir, members }
    }

    /// Whether every member listens, and none has ended.
    fn is_running(&mut self) -> bool {
        let greets = |port| RawNats::greeting(port).is_ok();
        let members = &mut self.members;
        wait::within(ELECTION, "all members to greet or one to end", || {
            let ended = members
                .iter_mut()
                .any(|member| member.child.as_mut().unwrap().try_wait().unwrap().is_some());
            let all = members.iter().all(|member| greets(member.port));
            (ended || all).then_some(!ended)
        })
    }

    fn has_leader(&self) -> bool {
        let mut raw = self.raw(0);
        wait::within(ELECTION, "the cluster to elect a leader", || {
            let answer = raw.ask("$JS.API.STREAM.NAMES", &json!({}), Duration::from_secs(2))?;
            let answer: Value = serde_json::from_slice(&answer.payload).ok()?;
            answer.get("error").is_none().then_some(true)
        })
    }

    pub(crate) fn url(&self, at: usize) -> String {
        format!("nats://127.0.0.1:{}", self.members[at].port)
    }

    /// The addresses of all, as `--server` takes them.
    pub(crate) fn urls(&self) -> String {
        (0..self.members.len()).map(|at| self.url(at)).collect::<Vec<_>>().join(",")
    }

    pub(crate) fn port(&self, at: usize) -> u16 {
        self.members[at].port
    }

    pub(crate) fn raw(&self, at: usize) -> RawNats {
        RawNats::connect(self.members[at].port, None)
    }

    /// Where a member keeps the streams of the only account.
    pub(crate) fn streams(&self, at: usize) -> PathBuf {
        self.dir.path().join(name(at)).join("jetstream/$G/streams")
    }

    pub(crate) fn start_member(&mut self, at: usize) {
        let log = self.dir.path().join(format!("{}.log", name(at)));
        let log = File::options().create(true).append(true).open(log).unwrap();
        let child = Command::new(nats_server(Version::Current))
            .arg("-c")
            .arg(self.dir.path().join(format!("{}.conf", name(at))))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.members[at].child = Some(child);
    }

    /// Waits until a member takes connections.
    pub(crate) fn wait_for(&self, at: usize) {
        let port = self.members[at].port;
        wait::within(ELECTION, "a member to greet", || RawNats::greeting(port).ok());
    }

    /// Ends a member as an operator does.
    pub(crate) fn stop(&mut self, at: usize) {
        let mut child = self.members[at].child.take().unwrap();
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        wait::within(ELECTION, "a member to end", || child.try_wait().unwrap());
    }

    /// Ends a member at once.
    pub(crate) fn kill(&mut self, at: usize) {
        if let Some(mut child) = self.members[at].child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Makes a stream, and waits until all of its replicas are current.
    pub(crate) fn create(&self, raw: &mut RawNats, config: &Value) {
        let name = config["name"].as_str().unwrap();
        wait::within(ELECTION, "a stream to be made", || {
            let subject = format!("$JS.API.STREAM.CREATE.{name}");
            let answer = raw.ask(&subject, config, Duration::from_secs(5))?;
            let answer: Value = serde_json::from_slice(&answer.payload).ok()?;
            answer.get("error").is_none().then_some(())
        });
        current(raw, name);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        (0..self.members.len()).for_each(|at| self.kill(at));
    }
}

fn name(at: usize) -> String {
    format!("n{}", at + 1)
}

/// The place of a member in its cluster.
pub(crate) fn place(name: &str) -> usize {
    name.strip_prefix('n').unwrap().parse::<usize>().unwrap() - 1
}

/// What a stream's INFO says of its cluster; none without an answer.
pub(crate) fn standing(raw: &mut RawNats, stream: &str) -> Option<Value> {
    standing_within(raw, stream, Duration::from_secs(2))
}

fn standing_within(raw: &mut RawNats, stream: &str, bound: Duration) -> Option<Value> {
    let subject = format!("$JS.API.STREAM.INFO.{stream}");
    let answer = raw.ask(&subject, &json!({}), bound)?;
    let answer: Value = serde_json::from_slice(&answer.payload).ok()?;
    answer.get("error").is_none().then(|| answer["cluster"].clone())
}

/// The members of a stream, its leader first, once all are current.
pub(crate) fn current(raw: &mut RawNats, stream: &str) -> Vec<usize> {
    wait::within(ELECTION, "all replicas to be current", || {
        let cluster = standing(raw, stream)?;
        let leader = cluster["leader"].as_str()?;
        let replicas = cluster["replicas"].as_array()?;
        let all = replicas.iter().all(|one| one["current"] == true && one.get("lag").is_none());
        let names = replicas.iter().map(|one| one["name"].as_str().unwrap());
        all.then(|| std::iter::once(leader).chain(names).map(place).collect())
    })
}

/// Makes a member lead a stream.
pub(crate) fn lead(raw: &mut RawNats, stream: &str, member: usize) {
    let leads = leads_within(raw, stream, member, 2 * ELECTION);
    assert!(leads, "{stream}: n{} was asked to lead, and never did", member + 1);
}

/// The same, and whether it leads within the bound. An election under way is not disturbed by the
/// next wish.
pub(crate) fn leads_within(
    raw: &mut RawNats,
    stream: &str,
    member: usize,
    bound: Duration,
) -> bool {
    let (begun, mut wished) = (Instant::now(), None::<Instant>);
    while begun.elapsed() < bound {
        match standing(raw, stream).and_then(|all| all["leader"].as_str().map(place)) {
            Some(leader) if leader == member => return true,
            Some(_) if wished.is_none_or(|at| at.elapsed() > Duration::from_secs(3)) => {
                let subject = format!("$JS.API.STREAM.LEADER.STEPDOWN.{stream}");
                let body = json!({"placement": {"preferred": name(member)}});
                let _ = raw.ask(&subject, &body, Duration::from_secs(2));
                wished = Some(Instant::now());
            }
            _ => thread::sleep(Duration::from_millis(5)),
        }
    }
    false
}
