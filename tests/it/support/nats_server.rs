//! A real nats-server on a free loopback port, in a directory of its own.

use std::fs::File;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::install::{Version, nats_server};
use super::raw_nats::RawNats;
use super::wait;

/// A running server; killed when dropped.
pub(crate) struct NatsServer {
    dir: TempDir,
    child: Option<Child>,
    port: u16,
    args: Vec<String>,
    version: Version,
    greets: bool,
    /// How many files it may have open, where that is limited.
    files: Option<u32>,
}

impl NatsServer {
    /// With JetStream, and no accounts.
    pub(crate) fn start() -> Self {
        Self::launch(&["-js"], None)
    }

    /// The same of a version from before batch direct get.
    pub(crate) fn older() -> Self {
        Self::of(Version::Older, &["-js"], None)
    }

    /// With JetStream, and so many files that it may have open from its next start on.
    pub(crate) fn limit_files(&mut self, files: u32) {
        self.files = Some(files);
    }

    /// Goes into lame duck mode: it sends its clients away, slowly.
    pub(crate) fn lame_duck(&self) {
        self.signal("-USR2");
    }

    /// The same of a version whose search by time skips messages.
    pub(crate) fn between() -> Self {
        Self::of(Version::Between, &["-js"], None)
    }

    /// Without JetStream.
    pub(crate) fn without_jetstream() -> Self {
        Self::launch(&[], None)
    }

    /// With JetStream and a configuration file of this text.
    pub(crate) fn with_config(config: &str) -> Self {
        Self::launch(&["-js"], Some(config))
    }

    /// The same of a configuration in which a connection begins with TLS: such a server says
    /// nothing before.
    pub(crate) fn behind_tls(config: &str) -> Self {
        let mut server = Self::prepare(Version::Current, &["-js"], Some(config));
        server.greets = false;
        server.run();
        server
    }

    fn launch(args: &[&str], config: Option<&str>) -> Self {
        Self::of(Version::Current, args, config)
    }

    fn of(version: Version, args: &[&str], config: Option<&str>) -> Self {
        let mut server = Self::prepare(version, args, config);
        server.run();
        server
    }

    fn prepare(version: Version, args: &[&str], config: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).display().to_string();
        let mut args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        args.extend(["-sd".into(), path("store"), "-a".into(), "127.0.0.1".into()]);
        if let Some(config) = config {
            std::fs::write(path("server.conf"), config).unwrap();
            args.extend(["-c".into(), path("server.conf")]);
        }
        Self { dir, child: None, port: 0, args, version, greets: true, files: None }
    }

    fn run(&mut self) {
        let ports = tempfile::tempdir_in(self.dir.path()).unwrap();
        self.port = wait::until("the server's ports file", || {
            let mut child = self.child.take().unwrap_or_else(|| self.spawn(ports.path()));
            if let Some(gone) = child.try_wait().unwrap() {
                // A port that was free for a moment may be that of somebody's connection now.
                let is_taken = self.port > 0 && self.log().contains("address already in use");
                assert!(is_taken, "nats-server ended ({gone:?}):\n{}", self.log());
                return None;
            }
            let file = ports.path().join(format!("nats-server_{}.ports", child.id()));
            self.child = Some(child);
            let text = std::fs::read_to_string(&file).ok()?;
            let ports: serde_json::Value = serde_json::from_str(&text).ok()?;
            let url = ports.pointer("/nats/0")?.as_str()?.to_owned();
            url.rsplit(':').next()?.parse().ok()
        });
        wait::until("the server to greet", || {
            if self.greets {
                RawNats::greeting(self.port).ok().map(drop)
            } else {
                TcpStream::connect(("127.0.0.1", self.port)).ok().map(drop)
            }
        });
    }

    /// On a port of its own, or the one that it had.
    fn spawn(&self, ports: &Path) -> Child {
        let log =
            File::options().create(true).append(true).open(self.dir.path().join("log")).unwrap();
        let port = if self.port == 0 { "-1".into() } else { self.port.to_string() };
        let binary = nats_server(self.version);
        let mut command = match self.files {
            None => Command::new(binary),
            Some(files) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\"")]).arg(binary);
                shell
            }
        };
        command
            .args(&self.args)
            .args(["-p", &port, "--ports_file_dir"])
            .arg(ports)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// An address with credentials in it.
    pub(crate) fn url_as(&self, credentials: &str) -> String {
        format!("nats://{credentials}@127.0.0.1:{}", self.port)
    }

    /// A client that shares no code with roomscope.
    pub(crate) fn raw(&self) -> RawNats {
        RawNats::connect(self.port, None)
    }

    /// The same as a user.
    pub(crate) fn raw_as(&self, user: &str, password: &str) -> RawNats {
        RawNats::connect(self.port, Some((user, password)))
    }

    /// Ends the server at once.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Stops it from doing anything, without closing its connections.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    /// Ends a pause.
    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Starts it again on the same port, with what it had stored.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.run();
    }

    /// Ends the server as an operator does: it writes down what it knows first.
    pub(crate) fn stop(&mut self) {
        self.signal("-TERM");
        if let Some(mut child) = self.child.take() {
            wait::until("the server to end", || child.try_wait().unwrap());
        }
    }

    /// Starts it after a stop, on the same port, with what is in its store by now.
    pub(crate) fn start_again(&mut self) {
        assert!(self.child.is_none(), "it runs");
        self.run();
    }

    /// Where it keeps everything.
    pub(crate) fn store(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    /// Where it keeps the streams of the only account.
    pub(crate) fn streams(&self) -> PathBuf {
        self.store().join("jetstream/$G/streams")
    }

    /// Has it read its configuration file again.
    pub(crate) fn reload(&self) {
        self.signal("-HUP");
    }

    /// Replaces the configuration file; it holds from the next start or reload.
    pub(crate) fn reconfigure(&self, config: &str) {
        std::fs::write(self.dir.path().join("server.conf"), config).unwrap();
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.kill();
    }
}
