//! `sign`: a signed request to try `serve --auth enforce` with.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use axum::http::Uri;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::domain::escape;
use crate::http::auth::signature::{KEY, SIGNATURE, Signed, Signer, TIME};

use super::connection::reference::is_secret;
use super::env::{Env, Subcommand};
use super::error::Failure;
use super::out::{Out, say};

/// Longest file that is looked at for a seed, in bytes.
const LONGEST: u64 = 64 << 10;

/// Arguments of `sign`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  roomscope sign --seed-file me.nk 'http://127.0.0.1:8480/rooms/lobby/history?limit=3'
  roomscope sign --seed-file me.nk http://127.0.0.1:8480/rooms/lobby/history | sh")]
pub(super) struct Sign {
    /// File with the seed (SU…) of a user's NKey, a credentials file too; - is standard input.
    #[arg(long, value_name = "FILE")]
    seed_file: PathBuf,
    /// The method that is signed.
    #[arg(long, default_value = "GET", value_parser = ["GET", "HEAD"])]
    method: String,
    /// Print the headers as JSON instead of a curl command.
    #[arg(long)]
    json: bool,
    /// The address to ask, percent-encoded where it must be.
    #[arg(value_name = "URL")]
    url: String,
}

/// The headers, and what they are for.
#[derive(Serialize)]
struct Line<'a> {
    method: &'a str,
    url: &'a str,
    headers: Headers<'a>,
}

#[derive(Serialize)]
struct Headers<'a> {
    #[serde(rename = "Roomscope-Key")]
    key: &'a str,
    #[serde(rename = "Roomscope-Time")]
    time: &'a str,
    #[serde(rename = "Roomscope-Signature")]
    signature: &'a str,
}

impl Subcommand for Sign {
    fn run(self: Box<Self>, _: &Env) -> Result<u8, Failure> {
        run(&self)
    }
}

/// Signs, and prints how to ask.
fn run(args: &Sign) -> Result<u8, Failure> {
    let target = target(&args.url)?;
    let signer = signer(&args.seed_file)?;
    let signed = signer
        .sign(&args.method, &target, Timestamp::now())
        .map_err(|error| Failure::failed(format!("sign the request: {error}")))?;
    let mut out = Out::new();
    if args.json {
        let Signed { key, time, signature } = &signed;
        let headers = Headers { key, time, signature };
        out.json(&Line { method: &args.method, url: &args.url, headers })?;
    } else {
        out.line(&curl(&args.method, &args.url, &signed))?;
        say("It holds for 60 s from now, and once.");
    }
    out.flush()?;
    Ok(0)
}

/// Path and query of an address, as curl sends them.
fn target(url: &str) -> Result<String, Failure> {
    let bad = |why: &str| {
        let url: String = url.chars().take(200).collect();
        Failure::usage(format!("'{}': {why}", escape::text(&url)))
    };
    let wanted = "give an address, as in http://127.0.0.1:8480/rooms/lobby/history";
    if url.contains('#') {
        return Err(bad("a fragment (#) is not sent; leave it out"));
    }
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(bad("blanks and what is not ASCII must be percent-encoded (%20)"));
    }
    let uri: Uri = url.parse().map_err(|_| bad(wanted))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(bad(wanted));
    }
    if uri.authority().is_none_or(|authority| authority.as_str().contains('@')) {
        return Err(Failure::usage(format!("no login belongs in the address; {wanted}")));
    }
    let target = uri.path_and_query().ok_or_else(|| bad(wanted))?.as_str();
    // curl sends a path also where the address has a query alone.
    let slash = if target.starts_with('/') { "" } else { "/" };
    Ok(format!("{slash}{target}"))
}

/// The command. Nothing in it is expanded, neither by the shell nor by curl.
fn curl(method: &str, url: &str, signed: &Signed) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let header = |name: &str, value: &str| format!(" -H {}", quoted(&format!("{name}: {value}")));
    let head = if method == "HEAD" { " --head" } else { "" };
    [
        format!("curl -sS --globoff --path-as-is{head}"),
        header(KEY, &signed.key),
        header(TIME, &signed.time),
        header(SIGNATURE, &signed.signature),
        format!(" {}", quoted(url)),
    ]
    .concat()
}

/// Reads the seed. Nothing of what is read is ever shown.
fn signer(path: &Path) -> Result<Signer, Failure> {
    let is_stdin = path == Path::new("-");
    if path.to_str().is_some_and(is_secret) {
        return Err(Failure::usage(
            "--seed-file: a seed stands where a file's path belongs; write it to a file that only \
             you can read, or give it on standard input with -",
        ));
    }
    let shown = if is_stdin {
        "standard input".into()
    } else {
        escape::text(&path.display().to_string()).into_owned()
    };
    let mut text = String::new();
    let read = if is_stdin {
        io::stdin().take(LONGEST).read_to_string(&mut text)
    } else {
        fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text))
    };
    read.map_err(|error| Failure::usage(format!("read the seed from {shown}: {error}")))?;
    let words = || text.split_whitespace();
    let seed = words().find(|word| word.starts_with("SU")).or_else(|| words().next());
    Signer::from_seed(seed.unwrap_or_default())
        .map_err(|why| Failure::usage(format!("{shown}: {why}; give another with --seed-file")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_query_are_those_that_curl_sends() {
        for (url, expected) in [
            ("http://h:1/rooms/a/history?limit=3", "/rooms/a/history?limit=3"),
            ("https://h/a%20b", "/a%20b"),
            ("http://h", "/"),
            ("http://h?a=b", "/?a=b"),
            ("http://[::1]:8/a/../b?c=[1]", "/a/../b?c=[1]"),
        ] {
            assert_eq!(target(url), Ok(expected.to_owned()), "{url}");
        }
        for bad in ["", "h/a", "/a", "ftp://h/a", "http://h/a b", "http://h/\u{e9}", "http://h/#a"]
        {
            assert_eq!(target(bad).unwrap_err().code, 2, "{bad}");
        }
        let login = target("http://u:hunter2@h/a").unwrap_err();
        assert!(!login.line.contains("hunter2"), "{}", login.line);
    }

    #[test]
    fn the_command_survives_a_shell() {
        let signed = Signed { key: "K".into(), time: "T".into(), signature: "S".into() };
        assert_eq!(
            curl("GET", "http://h/a'b?$(c)", &signed),
            "curl -sS --globoff --path-as-is -H 'roomscope-key: K' -H 'roomscope-time: T' \
             -H 'roomscope-signature: S' 'http://h/a'\\''b?$(c)'"
        );
    }

    #[test]
    fn a_seed_that_stands_for_its_file_is_not_shown() {
        let seed = nkeys::KeyPair::new_user().seed().unwrap();
        let said = signer(Path::new(&seed)).err().unwrap().line;
        assert!(said.contains("a seed stands where") && !said.contains(&seed), "{said}");
    }
}
