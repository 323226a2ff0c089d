//! There are no import circles, and those that are planted are found.

use std::collections::BTreeSet;

use super::circles::Sources;
use super::sources;

/// Files that are on a circle for now. It is to be empty; nothing is added to it.
const ON_CIRCLES: &[&str] = &[
    "cli/bundle/about.rs",
    "cli/bundle/judged.rs",
    "cli/bundle/manifest.rs",
    "http/access.rs",
    "http/service.rs",
    "http/history.rs",
    "http/router.rs",
    "store/nats/connect.rs",
    "store/nats/options.rs",
    "store/nats/permissions.rs",
    "store/nats/plan.rs",
    "store/nats/subjects.rs",
    "store/nats/tls.rs",
];

#[test]
fn no_files_of_a_floor_need_each_other() {
    let files = sources();
    let all = Sources::read(files.iter().map(|(file, text)| (file.as_str(), text.as_str())));
    let circles = all.circles();
    let is_known = |file: &String| ON_CIRCLES.contains(&file.as_str());
    let new: Vec<String> = circles
        .iter()
        .filter(|circle| !circle.files.iter().all(is_known))
        .map(ToString::to_string)
        .collect();
    assert!(new.is_empty(), "\n{}", new.join("\n"));
    let found: BTreeSet<&str> =
        circles.iter().flat_map(|circle| &circle.files).map(String::as_str).collect();
    let gone: Vec<&&str> = ON_CIRCLES.iter().filter(|file| !found.contains(**file)).collect();
    assert!(gone.is_empty(), "no longer on a circle, take them off ON_CIRCLES: {gone:?}");
}

/// Files with their texts.
type Files<'a> = &'a [(&'a str, &'a str)];

fn circles(files: Files<'_>) -> Vec<Vec<String>> {
    let above = [("app/mod.rs", "")];
    let files = above.iter().chain(files).copied();
    Sources::read(files).circles().into_iter().map(|circle| circle.files).collect()
}

#[test]
fn the_checker_finds_circles() {
    let two: &[&str] = &["app/a.rs", "app/b.rs"];
    let planted: [(Files<'_>, &[&str]); 12] = [
        (&[("app/a.rs", "use super::b::B;"), ("app/b.rs", "use crate::app::a::A;")], two),
        (
            &[
                ("app/a.rs", "fn f() { super::b::g() }"),
                ("app/b.rs", "use super::a; fn g() { a::f() }"),
            ],
            two,
        ),
        (
            &[
                ("app/a.rs", "use super::{b::B, c};"),
                ("app/b.rs", "use super::a::{self, f}; fn g() { f() }"),
            ],
            two,
        ),
        (
            &[
                ("app/a.rs", "use super::b as other; type T = other::B;"),
                ("app/b.rs", "use super::a::*; use super::a::A;"),
            ],
            two,
        ),
        // Around.
        (
            &[
                ("app/a.rs", "use super::b::B;"),
                ("app/b.rs", "use super::c::C;"),
                ("app/c.rs", "use super::a::A;"),
            ],
            &["app/a.rs", "app/b.rs", "app/c.rs"],
        ),
        // Through a file that only hands on.
        (
            &[
                ("app/mod.rs", "mod a; pub use a::A; pub(crate) mod b;"),
                ("app/a.rs", "use super::b::B; pub struct A;"),
                ("app/b.rs", "use super::A;"),
            ],
            two,
        ),
        (
            &[
                ("app/mod.rs", "pub use self::a::*;"),
                ("app/a.rs", "use super::b::B; pub struct A;"),
                ("app/b.rs", "use crate::app::A;"),
            ],
            two,
        ),
        // Through the file above two others, which does something.
        (
            &[
                ("app/a.rs", "use super::b::c::C;"),
                ("app/b/mod.rs", "mod c; use super::a::A; fn f() {}"),
                ("app/b/c.rs", "use super::f;"),
                ("app/d.rs", ""),
            ],
            &[],
        ),
        (
            &[
                ("app/a.rs", "use super::b::f;"),
                ("app/b/mod.rs", "mod c; use c::C; fn f() {}"),
                ("app/b/c.rs", "use super::super::a::A;"),
            ],
            &["app/a.rs", "app/b/c.rs", "app/b/mod.rs"],
        ),
        // In a module inside the file, and beside tests.
        (
            &[
                ("app/a.rs", "mod inner { use super::super::b::B; }"),
                ("app/b.rs", "use super::a::inner;  type A = inner::A;"),
            ],
            two,
        ),
        (
            &[
                ("app/a.rs", "#[cfg(test)] mod tests { use super::super::c::C; } use super::b::B;"),
                ("app/b.rs", "#[cfg(test)] mod tests; use super::a::A;"),
                ("app/b/tests.rs", ""),
            ],
            two,
        ),
        (
            &[
                (
                    "app/a.rs",
                    "#[cfg(test)] use x::{y, z}; struct S { #[cfg(test)] f: T, g: super::b::B }",
                ),
                ("app/b.rs", "pub use super::a::A; fn f(a: A) {}"),
            ],
            two,
        ),
    ];
    for (files, on_it) in planted {
        let expected: &[&[&str]] = if on_it.is_empty() { &[] } else { &[on_it] };
        assert_eq!(circles(files), expected, "{files:?}");
    }
}

#[test]
fn the_checker_finds_no_circle_where_none_is() {
    let good: [Files<'_>; 7] = [
        &[
            ("app/a.rs", "use super::b::B;"),
            ("app/b.rs", "// use super::a::A;\nconst S: &str = \"super::a::A\";"),
        ],
        // Handed on, and needed from where it is defined.
        &[
            ("app/a.rs", "use super::C;"),
            ("app/mod.rs", "mod a; mod c; pub use c::C; pub use a::A;"),
            ("app/c.rs", "pub struct C;"),
        ],
        // From the module that a file lies in.
        &[
            ("app/a/mod.rs", "mod b; use b::f; struct A;"),
            ("app/a/b.rs", "use super::A; fn f() {}"),
        ],
        // In tests.
        &[
            ("app/a.rs", "use super::b::B; #[cfg(test)] mod tests;"),
            ("app/a/tests.rs", "use super::*;"),
            ("app/b.rs", "#[cfg(test)] mod tests { use super::super::a::A; }"),
        ],
        &[
            ("app/a.rs", "use super::b::B;"),
            ("app/b.rs", "#[cfg(test)]\n#[allow(dead_code)] fn f<A, B>(a: A) { super::a::g() }"),
        ],
        // Of another floor, and of a crate.
        &[("app/a.rs", "use crate::domain::a::A;"), ("domain/a.rs", "use crate::app::a::A;")],
        &[
            ("app/a.rs", "use super::b::B;"),
            ("app/b.rs", "use a::A; use ::a::B; fn f() { Self::a() }"),
        ],
    ];
    for files in good {
        let none: [Vec<String>; 0] = [];
        assert_eq!(circles(files), none, "{files:?}");
    }
}
