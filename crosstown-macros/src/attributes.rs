//! What an attribute is, told by its name alone.

use syn::Attribute;

/// Whether an attribute is `crosstown_traffic`, by whatever path.
pub(crate) fn is_traffic(attr: &Attribute) -> bool {
    is_traffic_path(attr.path())
}

/// Whether a path names the attribute, wherever it was imported from.
pub(crate) fn is_traffic_path(path: &syn::Path) -> bool {
    ends_with(path, "crosstown_traffic")
}

/// Whether an attribute is `crosstown_handler`, by whatever path.
pub(crate) fn is_handler(attr: &Attribute) -> bool {
    ends_with(attr.path(), "crosstown_handler")
}

fn ends_with(path: &syn::Path, name: &str) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| last.ident == name)
}

/// Whether an attribute is the compiler's own, which says something about a `fn`
/// wherever it stands; others rewrite what is below them.
pub(crate) fn is_builtin(attr: &Attribute) -> bool {
    const WORDS: [&str; 14] = [
        "bench",
        "cold",
        "deprecated",
        "export_name",
        "ignore",
        "inline",
        "link_section",
        "must_use",
        "no_mangle",
        "should_panic",
        "target_feature",
        "test",
        "track_caller",
        "unsafe",
    ];
    WORDS.iter().any(|word| attr.path().is_ident(word))
}

/// Whether an attribute keeps its meaning on a `let` statement.
pub(crate) fn suits_let(attr: &Attribute) -> bool {
    const WORDS: [&str; 8] = [
        "allow", "cfg", "cfg_attr", "deny", "doc", "expect", "forbid", "warn",
    ];
    const TOOLS: [&str; 4] = ["clippy", "diagnostic", "rustfmt", "rust_analyzer"];
    let segments = &attr.path().segments;
    segments.first().is_some_and(|first| {
        let words: &[&str] = if segments.len() == 1 { &WORDS } else { &TOOLS };
        words.iter().any(|word| first.ident == word)
    })
}
