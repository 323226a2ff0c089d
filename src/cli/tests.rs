//! All that the program says of itself: helps, the manual page, completions. A new command is
//! covered by being there.

use clap::{Command, CommandFactory, Parser, ValueEnum};
use clap_complete::Shell;

use super::args::Cli;
use super::config::Config;
use super::error::Failure;
use super::parse::Color;
use super::screen::Settings;
use super::screen::settings::CACHE;
use super::{completions, man};
use crate::domain::PageSize;

/// The definition, as wide as no terminal can change.
fn root() -> Command {
    let mut root = Cli::command().term_width(100);
    root.build();
    root
}

/// Commands and commands of commands, the program itself first; hidden ones too, but not `help`,
/// which is clap's.
fn all(of: &Command, name: &str, out: &mut Vec<(String, Command)>) {
    out.push((name.to_owned(), of.clone()));
    for command in of.get_subcommands().filter(|command| command.get_name() != "help") {
        all(command, &format!("{name}-{}", command.get_name()), out);
    }
}

fn commands() -> Vec<(String, Command)> {
    let mut out = Vec::new();
    all(&root(), "roomscope", &mut out);
    out
}

/// Text without the version, which changes with each release.
fn steady(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
}

#[test]
fn helps() {
    for (name, mut command) in commands() {
        let help = command.render_long_help().to_string();
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{name}: {help}");
        insta::assert_snapshot!(format!("help-{name}"), steady(&help));
    }
}

#[test]
fn manual() {
    let page = String::from_utf8(man::page(Cli::command()).unwrap()).unwrap();
    insta::assert_snapshot!("man", steady(&page));
}

#[test]
fn scripts() {
    for shell in Shell::value_variants() {
        let script = String::from_utf8(completions::script(*shell, Cli::command())).unwrap();
        insta::assert_snapshot!(format!("completions-{shell}"), steady(&script));
    }
}

#[test]
fn the_manual_has_a_section_for_each_command_and_hides_what_is_hidden() {
    let page = String::from_utf8(man::page(Cli::command()).unwrap()).unwrap();
    let root = root();
    for command in man::visible(&root) {
        let heading = format!(".SS \"roomscope {}\"", command.get_name());
        assert!(page.contains(&heading), "{heading}: {page}");
    }
    assert!(page.is_ascii());
    assert!(!page.contains("picture"), "the README's picture is drawn by an example");
    for heading in ["EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"] {
        assert!(page.contains(heading), "{heading}");
    }
}

#[test]
fn what_is_hidden_is_hidden_on_purpose() {
    for (name, command) in commands() {
        assert!(!command.is_hide_set(), "{name}: say so here when a command is to be hidden");
        if let Some(arg) = command.get_arguments().find(|arg| arg.is_hide_set()) {
            panic!("{name}: {}", arg.get_id());
        }
    }
}

#[test]
fn every_help_has_examples_that_parse() {
    for (name, mut command) in commands() {
        if command.has_subcommands() && name != "roomscope" {
            continue;
        }
        let help = command.render_long_help().to_string();
        let (_, examples) =
            help.split_once("Examples:\n").unwrap_or_else(|| panic!("{name} has no examples"));
        let indented = examples.lines().filter(|line| line.starts_with("  "));
        let lines: Vec<&str> = indented.map(str::trim).filter(|line| !line.is_empty()).collect();
        let own = name.replace('-', " ");
        assert!(lines.iter().any(|line| line.contains(&own)), "{name}: none is of itself");
        for line in lines {
            let calls = calls(line);
            for words in &calls {
                if let Err(error) = Cli::try_parse_from(words) {
                    panic!("{name}: {line}\n{error}");
                }
            }
            let other = ["curl ", "man "].iter().any(|known| line.starts_with(known));
            assert!(!calls.is_empty() || other, "{name}: {line} is no example");
        }
    }
}

/// The words of each call of the program in a line of shell.
fn calls(line: &str) -> Vec<Vec<String>> {
    let mut calls = vec![Vec::new()];
    let (mut word, mut quote, mut some) = (String::new(), None, false);
    let chars = line.chars().chain([' ']);
    let mut skip = false;
    for c in chars {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => (quote, some) = (Some(c), true),
            (None, ' ' | '|' | '>' | '<' | '&' | ';' | '(' | ')' | '#' | '$')
                if c != '#' || word.is_empty() =>
            {
                if some || !word.is_empty() {
                    if !skip && let Some(call) = calls.last_mut() {
                        call.push(std::mem::take(&mut word));
                    }
                    (word, some) = (String::new(), false);
                    skip = false;
                }
                match c {
                    '#' => break,
                    // What follows is a file.
                    '>' | '<' => skip = true,
                    ' ' => {}
                    _ => calls.push(Vec::new()),
                }
            }
            (_, c) => word.push(c),
        }
    }
    let is_variable = |word: &String| word.contains('=') && !word.starts_with('-');
    calls
        .into_iter()
        .map(|call| call.into_iter().skip_while(is_variable).collect::<Vec<_>>())
        .filter(|call| call.first().is_some_and(|word| word == "roomscope"))
        .collect()
}

#[test]
fn calls_are_found_in_a_line() {
    let found = |line: &str| {
        let calls: Vec<String> = calls(line).iter().map(|words| words.join("|")).collect();
        calls.join(" ; ")
    };
    assert_eq!(
        found("A=b roomscope history x --since '2h ago' > f # note"),
        "roomscope|history|x|--since|2h ago"
    );
    assert_eq!(found("curl \"$(roomscope sign a)\" | jq . && roomscope man"), "roomscope|man");
    assert_eq!(found("roomscope serve --rooms r.toml &"), "roomscope|serve|--rooms|r.toml");
    assert_eq!(found("roomscope '' | head"), "roomscope|");
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_variable_of_an_option_is_in_the_manual() {
    let names: Vec<&str> = man::ENVIRONMENT.iter().flat_map(|(name, _)| name.split(", ")).collect();
    let root = Cli::command().term_width(1000);
    let mut seen = 0;
    for mut command in root.get_subcommands().chain([&root]).cloned() {
        let help = command.render_long_help().to_string();
        for after in help.split("[env: ").skip(1) {
            let name = after.split([']', ',', ' ', '=']).next().unwrap();
            assert!(names.contains(&name), "{name}: {help}");
            seen += 1;
        }
        for arg in command.get_arguments().filter(|arg| arg.get_env().is_some()) {
            assert!(arg.is_hide_env_values_set(), "{} may hold a secret", arg.get_id());
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn the_parsers_errors_become_one_line() {
    let failure = |args: &[&str]| {
        let args = ["roomscope"].iter().chain(args);
        Failure::arguments(&Cli::try_parse_from(args).unwrap_err(), "roomscope")
    };
    let unknown = failure(&["--lust", "3"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.line.starts_with("unexpected argument '--lust' found"));
    assert!(unknown.line.ends_with("; see roomscope --help"));
    assert!(!unknown.line.contains('\n'));
    let missing = failure(&["seed"]);
    assert!(missing.line.contains("--server"), "{}", missing.line);
    for args in [&["rooms", "x", "nats://u:s3cr3t@h"][..], &["--last", "u:s3cr3t@h"]] {
        let address = failure(args).line;
        assert!(address.contains("--server") && !address.contains("s3cr3t"), "{address}");
    }
    let zero = failure(&["--last", "0"]);
    assert!(zero.line.contains("from 1 to 1000"), "{}", zero.line);
}

fn settings(args: &[&str], config: &Config) -> Settings {
    let args = ["roomscope"].iter().chain(args);
    Settings::new(&Cli::try_parse_from(args).unwrap().screen.view, config)
}

#[test]
fn the_command_line_comes_before_the_file_and_the_file_before_the_default() {
    let file = Config {
        last: PageSize::new(50).ok(),
        cache: Some(0),
        color: Some(Color::Never),
        ascii: Some(true),
        utc: Some(true),
        mouse: Some(false),
        ..Config::default()
    };
    let of = |s: &Settings| (s.last.get(), s.cache, s.color, s.ascii, s.utc, s.mouse);
    let default = settings(&[], &Config::default());
    assert_eq!(of(&default), (200, CACHE, Color::Auto, false, false, true));
    assert_eq!(of(&settings(&[], &file)), (50, 0, Color::Never, true, true, false));
    let args = ["--last", "200", "--cache", "1MiB", "--color", "auto"];
    let other = ["--ascii=false", "--utc=false", "--no-mouse=false"];
    let given = settings(&[&args[..], &other[..]].concat(), &file);
    assert_eq!(of(&given), (200, 1 << 20, Color::Auto, false, false, true));
    let flags = settings(&["--ascii", "--utc", "--no-mouse"], &Config::default());
    assert_eq!((flags.ascii, flags.utc, flags.mouse), (true, true, false));
}
