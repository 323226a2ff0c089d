//! `completions`: what a shell needs to complete the command line.

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use super::env::{Env, Subcommand};
use super::error::Failure;
use super::out::Out;

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  roomscope completions bash > ~/.local/share/bash-completion/completions/roomscope
  roomscope completions zsh > ~/.zfunc/_roomscope
  roomscope completions fish > ~/.config/fish/completions/roomscope.fish")]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

impl Subcommand for Completions {
    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        let mut out = Out::new();
        out.bytes(&script(self.shell, env.command.clone()))?;
        out.flush().map(|()| 0)
    }
}

pub(super) fn script(shell: Shell, mut root: Command) -> Vec<u8> {
    let mut script = Vec::new();
    generate(shell, &mut root, "roomscope", &mut script);
    script
}
