//! `man`: the manual page, one for the whole program, made from the command line's definition
//! and what that does not hold.

use std::io;

use clap::{Arg, Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use super::env::{Env, Subcommand};
use super::error::Failure;
use super::out::Out;

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  roomscope man | man -l -
  roomscope man > roomscope.1")]
pub(super) struct ManPage {}

impl Subcommand for ManPage {
    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        let page = page(env.command.clone());
        let page = page.map_err(|error| Failure::failed(format!("make the manual: {error}")))?;
        let mut out = Out::new();
        out.bytes(&page)?;
        out.flush().map(|()| 0)
    }
}

/// The page, as roff for `man` (section 1).
///
/// # Errors
/// None: it is written to memory.
pub(super) fn page(mut root: Command) -> io::Result<Vec<u8>> {
    root.build();
    let mut page = Vec::new();
    let man = Man::new(root.clone()).manual("roomscope manual");
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([bold("roomscope"), roman(" [OPTIONS] ["), italic("ROOM"), roman("...]")]);
    roff.control("br", []);
    roff.text([bold("roomscope "), italic("COMMAND"), roman(" [OPTIONS] ...")]);
    roff.to_writer(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    roff.to_writer(&mut page)?;
    for command in visible(&root) {
        section(command, &root, &mut page)?;
    }
    let mut roff = Roff::new();
    listed(&mut roff, "EXIT STATUS", EXIT_STATUS);
    listed(&mut roff, "ENVIRONMENT", ENVIRONMENT);
    listed(&mut roff, "FILES", FILES);
    roff.control("SH", ["EXAMPLES"]);
    after(&mut roff, &root, "Examples:");
    roff.to_writer(&mut page)?;
    Ok(ascii(&String::from_utf8_lossy(&page)))
}

/// Characters beyond ASCII as escapes of roff, which reads files in encodings of its own.
fn ascii(page: &str) -> Vec<u8> {
    let mut out = String::with_capacity(page.len());
    for c in page.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            out.push_str(&format!("\\[u{:04X}]", u32::from(c)));
        }
    }
    out.into_bytes()
}

/// The commands a person is told of.
pub(super) fn visible(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
}

/// A command within the page: its own synopsis, description, options and examples. Options under
/// a heading that the program has too are told once, with those of the program.
fn section(command: &Command, root: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let shared = shared(command, root);
    let own = command.clone().mut_args(|arg| {
        let told = arg.get_help_heading().is_some_and(|heading| shared.contains(&heading));
        let hide = arg.is_hide_set() || told || arg.get_id() == "help";
        arg.hide(hide)
    });
    let mut roff = Roff::new();
    roff.control("SS", [own.get_bin_name().unwrap_or(own.get_name())]);
    roff.to_writer(page)?;
    let man = Man::new(own.clone());
    let mut parts = Vec::new();
    man.render_synopsis_section(&mut parts)?;
    man.render_description_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    // The parts are paragraphs here, not sections with headings.
    for line in String::from_utf8_lossy(&parts).lines() {
        let line = if line.starts_with(".SH") { ".PP" } else { line };
        page.extend_from_slice(line.as_bytes());
        page.push(b'\n');
    }
    let mut roff = Roff::new();
    if !shared.is_empty() {
        let names: Vec<String> = shared.iter().map(|heading| heading.to_uppercase()).collect();
        roff.control("PP", []);
        roff.text([roman(format!("Takes the options of {} too.", names.join(" and ")))]);
    }
    after(&mut roff, &own, "");
    roff.to_writer(page)
}

/// Headings under which a command has all the options that the program has under them.
fn shared<'a>(command: &Command, root: &'a Command) -> Vec<&'a str> {
    let mut headings: Vec<&str> = Vec::new();
    for heading in root.get_arguments().filter_map(Arg::get_help_heading) {
        let mut under = root.get_arguments().filter(|a| a.get_help_heading() == Some(heading));
        let has = |arg: &Arg| command.get_arguments().any(|own| own.get_id() == arg.get_id());
        if !headings.contains(&heading) && under.all(has) {
            headings.push(heading);
        }
    }
    headings
}

/// What the help says at its end: sentences, and indented lines as they are; without a line that
/// is said by the section's heading.
fn after(roff: &mut Roff, command: &Command, heading: &str) {
    let Some(text) = command.get_after_long_help().or_else(|| command.get_after_help()) else {
        return;
    };
    roff.control("PP", []);
    let mut literal = false;
    for line in text.to_string().lines().filter(|line| *line != heading) {
        let indented = line.starts_with("  ");
        match (literal, indented) {
            (false, true) => {
                roff.control("RS", ["4"]).control("nf", []);
            }
            (true, false) => {
                roff.control("fi", []).control("RE", []);
            }
            _ => {}
        }
        literal = indented;
        if line.trim().is_empty() {
            roff.control("PP", []);
        } else {
            roff.text([roman(line.trim())]);
        }
    }
    if literal {
        roff.control("fi", []).control("RE", []);
    }
}

/// A section of names and what they mean.
fn listed(roff: &mut Roff, title: &str, entries: &[(&str, &str)]) {
    roff.control("SH", [title]);
    for (name, words) in entries {
        roff.control("TP", []);
        let name: Inline = bold(*name);
        roff.text([name]);
        roff.text([roman(*words)]);
    }
}

/// Exit codes.
const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "It was done, or the reader of the output went away."),
    ("1", "It failed: the server did not answer, or something could not be read or written."),
    ("2", "It was asked for wrongly; nothing was done."),
    ("3", "A command that checks found something wrong."),
    ("128+N", "The screen was ended by signal N."),
];

/// Variables that are looked at.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    ("NATS_URL", "Addresses of the server, where --server is not given."),
    ("NATS_CONTEXT", "Context of the nats tool: a name, or a path ending in .json."),
    ("NATS_USER, NATS_PASSWORD", "User and password; a user without a password is a token."),
    ("NATS_TOKEN", "Token."),
    ("NATS_CREDS", "Credentials file."),
    ("NATS_NKEY", "File with an NKey seed."),
    ("NATS_JWT, NATS_SEED", "User JWT, and its seed."),
    ("NATS_CERT, NATS_KEY", "Client certificate and its key, for mutual TLS."),
    ("NATS_CA", "Certificates to trust."),
    ("NATS_TIMEOUT", "Longest wait for a connection to one server, and for each answer."),
    ("ROOMSCOPE_CONFIG", "Configuration file, where --config is not given."),
    (
        "XDG_CONFIG_HOME",
        "Folder of configurations instead of ~/.config, if it is an absolute path.",
    ),
    ("NO_COLOR", "If it is not empty, no colours, unless --color or the configuration file asks."),
    (
        "TERM, COLORTERM",
        "Which colours the terminal has: none for dumb, all for truecolor or 24bit.",
    ),
    ("LC_ALL, LC_CTYPE, LANG", "The first that is set: whether characters beyond ASCII are drawn."),
    ("TZ", "The local time zone."),
];

/// Files that are read.
const FILES: &[(&str, &str)] = &[
    (
        "~/.config/roomscope/config.toml",
        "What is wanted each time: context, rooms (a rooms file), last, cache, [theme] with color, \
         ascii, utc and mouse, [keys] with a key or a list of keys for each action. roomscope \
         config prints one. The command line comes first, then the environment, then this file.",
    ),
    (
        "~/.config/nats/context/*.json, ~/.config/nats/context.txt",
        "Contexts of the nats tool, and the name of the selected one. Never written.",
    ),
];
