//! All that the program says of itself: helps, the manual page, completions. A new command is
//! covered by being there.

use clap::{Command, CommandFactory, Parser, ValueEnum};
use clap_complete::Shell;

use super::args::Cli;
use super::{completions, man};

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
    let page = String::from_utf8(man::page().unwrap()).unwrap();
    insta::assert_snapshot!("man", steady(&page));
}

#[test]
fn scripts() {
    for shell in Shell::value_variants() {
        let script = String::from_utf8(completions::script(*shell)).unwrap();
        insta::assert_snapshot!(format!("completions-{shell}"), steady(&script));
    }
}

#[test]
fn the_manual_has_a_section_for_each_command_and_hides_what_is_hidden() {
    let page = String::from_utf8(man::page().unwrap()).unwrap();
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
