//! JetStream domain, API prefix and inbox prefix.

use serde_json::{Value, json};

use super::{Case, MERGES, REFUSES_LATE, case, drive};

#[test]
fn requests_go_where_the_domain_or_prefix_says() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let context = |more: &[(&str, &str)]| {
        let mut says = json!({"url": "nats://{A}"});
        for (key, value) in more {
            says[*key] = Value::from(*value);
        }
        says
    };
    let hub = context(&[("jetstream_domain", "hub")]);
    let prefix = context(&[("jetstream_api_prefix", "js.ctx")]);
    let both = context(&[("jetstream_domain", "hub"), ("jetstream_api_prefix", "js.ctx")]);
    vec![
        case("the default API").args("-s {A}").hears("PUB $JS.API.STREAM.").hears("SUB _INBOX."),
        case("a domain of a context").selected(&hub).hears("PUB $JS.hub.API.STREAM."),
        case("an API prefix of a context").selected(&prefix).hears("PUB js.ctx.STREAM."),
        case("a typed prefix beats a context's domain")
            .selected(&hub)
            .args("--js-api-prefix js.typed")
            .differs(MERGES)
            .hears("PUB js.typed.STREAM.")
            .shows(&["flag --js-api-prefix"])
            .unused(&["domain .. context: jetstream_domain"]),
        case("a typed domain beats a context's prefix")
            .selected(&prefix)
            .args("--js-domain typed")
            .differs(MERGES)
            .hears("PUB $JS.typed.API.STREAM.")
            .unused(&["context: jetstream_api_prefix"]),
        case("--domain is another word for --js-domain")
            .args("-s {A} --domain hub")
            .hears("PUB $JS.hub.API.STREAM."),
        case("domain and prefix in one context")
            .selected(&both)
            .differs(REFUSES_LATE)
            .fails(2, &["domain .. prefix"]),
        case("domain and prefix typed")
            .args("-s {A} --js-domain hub --js-api-prefix js.x")
            .differs(REFUSES_LATE)
            .fails(2, &["--js-domain .. --js-api-prefix"]),
        case("an inbox prefix of a context")
            .selected(&context(&[("inbox_prefix", "_IN.me")]))
            .hears("SUB _IN.me."),
        case("a typed inbox prefix beats a context's")
            .selected(&context(&[("inbox_prefix", "_IN.me")]))
            .args("--inbox-prefix _IN.typed")
            .hears("SUB _IN.typed."),
        case("an event prefix and a colour scheme do nothing")
            .selected(&context(&[("jetstream_event_prefix", "x"), ("color_scheme", "red")]))
            .hears("PUB $JS.API.STREAM.")
            .no_warning(),
    ]
}
