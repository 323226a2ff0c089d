//! Tests of the whole: where each value comes from, what is refused, and that no secret is shown.

mod addresses;
mod elsewhere;
mod precedence;
mod references;
mod refusals;
mod secrets;

use std::collections::HashMap;

use clap::Parser;
use serde_json::Value;
use tempfile::TempDir;

use super::args::Server;
use super::{ConfigDefaults, Resolved, resolve};
use crate::cli::error::Failure;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    server: Server,
}

/// A configuration folder, an environment and a command line.
struct World {
    root: TempDir,
    variables: HashMap<String, String>,
    config: ConfigDefaults,
}

impl World {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("nats/context")).unwrap();
        let mut world = Self { root, variables: HashMap::new(), config: ConfigDefaults::default() };
        let path = world.root.path().to_str().unwrap().to_owned();
        world.set("XDG_CONFIG_HOME", &path);
        world.set("HOME", "/home/me");
        world
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.into(), value.into());
    }

    fn context(&self, name: &str, says: &Value) -> String {
        self.file(&format!("nats/context/{name}.json"), &says.to_string())
    }

    fn select(&self, name: &str) {
        self.file("nats/context.txt", name);
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.root.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn flags(args: &[&str]) -> Server {
        let args = ["roomscope"].iter().chain(args);
        Command::try_parse_from(args).unwrap().server
    }

    fn gathered(&self, args: &[&str]) -> Result<Resolved, Failure> {
        resolve(&Self::flags(args), &self.config, &|name| self.variables.get(name).cloned())
    }

    fn resolve(&self, args: &[&str]) -> Result<Resolved, Failure> {
        let mut resolved = self.gathered(args)?;
        resolved.problem.take().map_or(Ok(resolved), Err)
    }

    fn refused(&self, args: &[&str]) -> String {
        let failure = self.resolve(args).err().unwrap();
        assert_eq!(failure.code, 2, "{failure}");
        failure.line
    }
}
