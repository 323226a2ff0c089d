//! Logins go nowhere else: configurations as people have them, against servers that write down
//! what each is told. The expected answers are those of the rule for what users of the nats CLI
//! have configured, and owe nothing to the code under test.

pub(crate) mod case;
mod checks;
pub(crate) mod drive;
mod keys;
mod property;
mod runs;
mod screen;
pub(crate) mod table;
