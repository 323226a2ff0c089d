//! Lines of shell in the README, and what is to become of each.

/// Words that may stand where a command stands. An example with another is a slip, or needs a
/// thought on how it is to be run.
const COMMANDS: [&str; 15] = [
    "roomscope",
    "curl",
    "jq",
    "man",
    "head",
    "tail",
    "wc",
    "grep",
    "cat",
    "tar",
    "ls",
    "mkdir",
    "base64",
    "sha256sum",
    "sh",
];

/// Lines that are not run, and why.
const NOT_RUN: [(&str, &str); 4] = [
    ("cargo run --release -- demo", "roomscope demo is what it runs"),
    ("cargo test", "this is it"),
    ("cargo bench", "takes minutes"),
    (
        "cargo run --example picture -- assets/roomscope.svg support --size 150x38 \
         --keys \"[ , j\"",
        "the_picture_is_what_its_command_draws",
    ),
];

/// The line that stands for a server of one's own.
const SERVER: &str = "nats-server -js &";

/// A line, and what is to become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Nothing, for a reason that is known.
    NotRun,
    /// A fresh server is started.
    Server,
    /// It runs until the examples are through.
    Background(String),
    /// It runs, and ends with this code.
    Run {
        /// The line without its comment.
        text: String,
        /// 0 unless its comment says `exits N`.
        exits: i32,
    },
}

/// All lines of the README's `sh` blocks, in their order; what a backslash parts is one line.
pub(super) fn lines(readme: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut inside, mut goes_on) = (false, false);
    for line in readme.lines() {
        match line.trim() {
            "```sh" | "```bash" | "```shell" | "```console" => inside = true,
            line if line.starts_with("```") => inside = false,
            "" => {}
            line if inside => {
                let (line, more) = match line.strip_suffix('\\') {
                    Some(line) => (line.trim_end(), true),
                    None => (line, false),
                };
                match out.last_mut().filter(|_| goes_on) {
                    Some(last) => *last = format!("{last} {line}"),
                    None => out.push(line.to_owned()),
                }
                goes_on = more;
            }
            _ => {}
        }
    }
    out.retain(|line| !line.starts_with('#'));
    out
}

/// What is to become of a line.
///
/// # Errors
/// The word where a command stands that is not known.
pub(super) fn classify(line: &str) -> Result<Line, String> {
    let (text, comment) = split_comment(line);
    if NOT_RUN.iter().any(|(known, _)| *known == text) {
        return Ok(Line::NotRun);
    }
    if text == SERVER {
        return Ok(Line::Server);
    }
    for word in command_words(&text) {
        if !COMMANDS.contains(&word.as_str()) {
            return Err(word);
        }
    }
    if let Some(text) = text.strip_suffix('&') {
        return Ok(Line::Background(text.trim().to_owned()));
    }
    let exits = comment.split_once("exits ").map_or(0, |(_, code)| {
        let digits: String = code.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    });
    Ok(Line::Run { text, exits })
}

/// The line and its comment: a `#` after a blank, outside quotes.
fn split_comment(line: &str) -> (String, String) {
    let mut at = None;
    scan(line, |index, c, before| {
        if c == '#' && before.is_whitespace() && at.is_none() {
            at = Some(index);
        }
    });
    let (text, comment) = line.split_at(at.unwrap_or(line.len()));
    (text.trim().to_owned(), comment.trim_start_matches('#').trim().to_owned())
}

/// The parts of a line between `|`, `;`, `&&` and `||`, each with where it ends.
fn parts(line: &str) -> Vec<(&str, usize)> {
    let mut ends = Vec::new();
    scan(line, |index, c, before| {
        let amid = c == '&' && (before == '>' || line.split_at(index).1.starts_with("&>"));
        if "|;&".contains(c) && !amid {
            ends.push(index);
        }
    });
    ends.push(line.len());
    let mut from = 0;
    let mut parts = Vec::new();
    for end in ends {
        parts.push((line.get(from..end).unwrap().trim(), end));
        from = (end + 1).min(line.len());
    }
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

/// Where commands stand in a line.
pub(super) fn command_words(line: &str) -> Vec<String> {
    parts(line).into_iter().filter_map(|(part, _)| word(part)).collect()
}

/// The line up to the first `|` after which a command stands that is not on this machine.
pub(super) fn without_missing(line: &str, is_there: impl Fn(&str) -> bool) -> &str {
    let mut end = 0;
    for (part, to) in parts(line) {
        if word(part).is_some_and(|word| !is_there(&word)) {
            break;
        }
        end = to;
    }
    line.split_at(end).0.trim()
}

/// The first word that sets no variable.
fn word(part: &str) -> Option<String> {
    let mut words = part.split_whitespace();
    words.find(|word| !word.contains('=') || word.starts_with(['"', '\''])).map(str::to_owned)
}

/// Walks through a line outside its quotes: position, character, the character before.
fn scan(line: &str, mut see: impl FnMut(usize, char, char)) {
    let (mut quote, mut before) = (None, ' ');
    for (index, c) in line.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None => see(index, c, before),
        }
        before = c;
    }
}

#[test]
fn lines_are_those_of_shell_blocks() {
    let text =
        "```sh\na   # note\n\n# only a note\nb \\\n  c\n```\n```toml\nd = 1\n```\n```sh\ne\n```\n";
    assert_eq!(lines(text), ["a   # note", "b c", "e"]);
}

#[test]
fn what_is_not_known_is_refused_by_its_word() {
    let run = |text: &str, exits| Ok(Line::Run { text: text.into(), exits });
    for (line, wanted) in [
        ("cargo test      # everything", Ok(Line::NotRun)),
        ("nats-server -js &", Ok(Line::Server)),
        ("nats-server -js -p 1 &", Err("nats-server".to_owned())),
        ("cargo install roomscope", Err("cargo".to_owned())),
        ("roomscope rooms", run("roomscope rooms", 0)),
        ("roomscope check a --demo  # exits 3: it leaks", run("roomscope check a --demo", 3)),
        ("A=b roomscope find '# |' | head -3", run("A=b roomscope find '# |' | head -3", 0)),
        ("roomscope rooms | frobnicate", Err("frobnicate".to_owned())),
        ("roomscope rooms 2>&1 | wc -l", run("roomscope rooms 2>&1 | wc -l", 0)),
        ("roomscope serve &", Ok(Line::Background("roomscope serve".into()))),
        ("rm -rf /", Err("rm".to_owned())),
    ] {
        assert_eq!(classify(line), wanted, "{line}");
    }
    let cut = without_missing("roomscope rooms --json | jq . | head", |word| word != "jq");
    assert_eq!(cut, "roomscope rooms --json");
}
