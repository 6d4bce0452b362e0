//! Which modules and crates a file names: `use` trees spread out, and every path that is written in the code.

use super::source::Source;

/// A path as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its parts; of our own crate from its root: `["crate", "vendor", "Error"]`.
    pub parts: Vec<String>,
    /// The line of its last part.
    pub line: usize,
}

impl Named {
    /// Our top-level module that it leads to, and what it names there.
    pub fn of_ours(&self) -> Option<(&str, &[String])> {
        match self.parts.as_slice() {
            [root, module, rest @ ..] if root == "crate" => Some((module, rest)),
            _ => None,
        }
    }
}

/// Every path in a file, those by `super` and `self` led back to the crate's root.
pub fn in_file(source: &Source) -> Vec<Named> {
    let mut found = Vec::new();
    let inline = inline_modules(source);
    let mut at = 0;
    while at < source.tokens.len() {
        let before = at.checked_sub(1).map(|before| source.tokens[before].text.as_str());
        let mut paths = Vec::new();
        // `impl Trait + use<'a>` imports nothing.
        let imports = source.tokens[at].text == "use" && !source.reads(at + 1, &["<"]);
        let next = if imports {
            tree(source, at + 1, &[], &mut paths)
        } else {
            path(source, at, before, &mut paths)
        };
        let mut module: Vec<&str> = source.module();
        let around = inline.iter().filter(|(_, start, end)| (*start..=*end).contains(&at));
        module.extend(around.map(|(name, ..)| name.as_str()));
        found.extend(paths.into_iter().map(|named| absolute(named, &module)));
        at = next.max(at + 1);
    }
    found
}

/// A path of at least two parts outside `use`.
fn path(source: &Source, start: usize, before: Option<&str>, found: &mut Vec<Named>) -> usize {
    if !is_word(source, start) || before == Some("::") || !source.reads(start + 1, &["::"]) {
        return start + 1;
    }
    let mut parts = vec![source.tokens[start].text.clone()];
    let mut at = start;
    while source.reads(at + 1, &["::"]) && is_word(source, at + 2) {
        at += 2;
        parts.push(source.tokens[at].text.clone());
    }
    found.push(Named { parts, line: source.tokens[at].line });
    at + 1
}

/// A branch of a `use` tree; gives the place behind it.
fn tree(source: &Source, start: usize, prefix: &[String], found: &mut Vec<Named>) -> usize {
    let mut parts = prefix.to_vec();
    let mut at = start;
    while let Some(token) = source.tokens.get(at) {
        match token.text.as_str() {
            "{" => {
                at += 1;
                while at < source.tokens.len() && !source.reads(at, &["}"]) && !source.reads(at, &[";"]) {
                    at = tree(source, at, &parts, found);
                    at += usize::from(source.reads(at, &[","]));
                }
                return at + 1;
            }
            "," | "}" | ";" => break,
            "as" => at += 1,
            "::" => {}
            "self" if !prefix.is_empty() => {}
            part => parts.push(part.to_owned()),
        }
        at += 1;
    }
    let line = source.tokens[at.saturating_sub(1)].line;
    found.push(Named { parts, line });
    at
}

/// Leads `super::…` and `self::…` back to the root. A path past the root stays as it is.
fn absolute(named: Named, module: &[&str]) -> Named {
    let ups = named.parts.iter().take_while(|part| *part == "super").count();
    let skipped = usize::from(named.parts.first().is_some_and(|part| part == "self"));
    if ups + skipped == 0 || ups > module.len() {
        return named;
    }
    let stays = module[..module.len() - ups].iter().map(|part| (*part).to_owned());
    let rest = named.parts.iter().skip(ups + skipped).cloned();
    Named { parts: ["crate".to_owned()].into_iter().chain(stays).chain(rest).collect(), ..named }
}

/// `mod name { … }`: the name and the places of its braces.
fn inline_modules(source: &Source) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for at in 0..source.tokens.len() {
        if !(source.reads(at, &["mod"]) && is_word(source, at + 1) && source.reads(at + 2, &["{"])) {
            continue;
        }
        let mut depth = 0_usize;
        let end = (at + 2..source.tokens.len()).find(|place| {
            match source.tokens[*place].text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        found.push((source.tokens[at + 1].text.clone(), at + 2, end.unwrap_or(source.tokens.len())));
    }
    found
}

fn is_word(source: &Source, at: usize) -> bool {
    let first = source.tokens.get(at).and_then(|token| token.text.chars().next());
    first.is_some_and(|c| c.is_alphabetic() || c == '_')
}
