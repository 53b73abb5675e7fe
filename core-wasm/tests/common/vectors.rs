//! The files of test/vectors: writing them, and comparing with what is checked in.

use std::fmt::Write;
use std::path::PathBuf;

use nodus_core::msg::tree::Tree;

use super::hex;

/// Compares with the file that is checked in, or writes it.
pub fn check(name: &str, lists: &[(&str, Vec<String>)]) {
    let mut made = format!("{{\n  \"message\": \"{name}\"");
    for (list, entries) in lists {
        let _ = write!(
            made,
            ",\n  \"{list}\": [\n    {}\n  ]",
            entries.join(",\n    ")
        );
    }
    made.push_str("\n}\n");
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../test/vectors/{name}.json"));
    if std::env::var_os("NODUS_WRITE_VECTORS").is_some() {
        std::fs::write(&file, &made).expect("the vectors can be written");
    }
    let kept = std::fs::read_to_string(&file)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        kept == made,
        "test/vectors/{name}.json differs: the wire form changed, or the file is missing"
    );
}

/// A value as the vectors show it.
pub fn json(value: &Tree) -> String {
    match value {
        Tree::Other => unreachable!("no sample has it"),
        Tree::Number(number) => number.to_string(),
        Tree::Big(number) => format!("{{ \"big\": \"{number}\" }}"),
        Tree::Text(content) => text(content),
        Tree::Bytes(bytes) => format!("{{ \"hex\": \"{}\" }}", hex(bytes)),
        Tree::List(list) => format!("[{}]", list.iter().map(json).collect::<Vec<_>>().join(", ")),
        Tree::Object(object) => {
            let fields = object
                .iter()
                .map(|(name, field)| format!("{}: {}", text(name), json(field)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A JSON string.
pub fn text(content: &str) -> String {
    let mut out = String::from('"');
    for letter in content.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}
