//! The same configuration on the screen, with a log: no secret is in either.

use super::case::Answer;
use super::drive::World;
use crate::support::Pty;

impl World<'_> {
    pub(super) fn screen(&self, wrong: &mut Vec<String>) {
        // What ends before anything is tried never gets a screen.
        if self.case.answer == Answer::Fails(2) {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let args: Vec<String> = self.case.args.iter().map(|arg| self.place(arg)).collect();
        let mut args: Vec<&str> = args.iter().map(String::as_str).collect();
        args.extend(["--log", log.to_str().unwrap()]);
        let env = self.env();
        let env: Vec<(&str, &str)> =
            env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut pty = Pty::start_with(&args, &env);
        // One address may have failed while another one is still tried.
        let ends: &[&str] = match self.case.answer {
            Answer::Connects(_) => &["● connected"],
            _ => &["● connected", "last error", "refusal"],
        };
        let is_over = |text: &str| ends.iter().any(|end| text.contains(end));
        // A warning is printed too, and then comes the screen.
        let has_ended =
            |text: &str| text.starts_with("roomscope: ") && !text.contains("roomscope: warning: ");
        let mut shown = pty
            .wait("a connection, or that there is none", |text| is_over(text) || has_ended(text));
        if is_over(&shown) {
            pty.send("c");
            shown += &pty.wait_for("No consumer is ever made");
            pty.send("qq");
        }
        pty.ended();
        let written = String::from_utf8_lossy(&pty.bytes()).into_owned();
        let log = std::fs::read_to_string(log).unwrap_or_default();
        self.hidden("screen or log", &[&shown, &written, &log], wrong);
        let is_up = shown.contains("● connected");
        if !is_up && matches!(self.case.answer, Answer::Connects(_)) {
            wrong.push(format!("the screen does not connect: {}", shown.trim()));
        }
    }
}
