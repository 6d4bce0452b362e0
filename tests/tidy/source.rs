//! A Rust file as the rules see it: words and signs with their lines, comments and texts left out, and which lines
//! are compiled for tests alone.

use std::{fs, ops::RangeInclusive, path::Path};

/// A word or a sign of a Rust file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The word, or the sign: one character, save `::`.
    pub text: String,
    /// Its line, counted from 1.
    pub line: usize,
}

/// One Rust file.
#[derive(Debug)]
pub struct Source {
    /// Its path from the repository's root, such as `src/http/mod.rs`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Words and signs, in order.
    pub tokens: Vec<Token>,
    tests: Vec<RangeInclusive<usize>>,
}

impl Source {
    /// A file with this text.
    pub fn new(path: String, text: String) -> Self {
        let tokens = tokens(&text);
        let folder = path.split('/').any(|part| part == "tests" || part == "tests.rs");
        let tests = if folder { vec![1..=usize::MAX] } else { test_lines(&tokens) };
        Self { path, text, tokens, tests }
    }

    /// Whether the line is compiled for tests alone.
    pub fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|lines| lines.contains(&line))
    }

    /// The modules around the file's content: `["http", "tests"]` of `src/http/tests/mod.rs`.
    pub fn module(&self) -> Vec<&str> {
        let inside = self.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        inside.split('/').filter(|part| !matches!(*part, "lib" | "main")).collect()
    }

    /// Where something stands, as editors understand it.
    pub fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }

    /// The words that begin at this place, as far as `pattern` goes, are those of `pattern`.
    pub fn reads(&self, at: usize, pattern: &[&str]) -> bool {
        reads(&self.tokens, at, pattern)
    }
}

/// Every Rust file under a folder of the repository.
pub fn under(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_none_or(|name| name != "node_modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source::new(name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn reads(tokens: &[Token], at: usize, pattern: &[&str]) -> bool {
    let there = tokens.get(at..).unwrap_or_default();
    there.len() >= pattern.len() && there.iter().zip(pattern).all(|(token, wanted)| token.text == *wanted)
}

/// Cuts a file into words and signs. Comments, texts, characters and lifetimes are passed over.
fn tokens(text: &str) -> Vec<Token> {
    let characters: Vec<char> = text.chars().collect();
    let at = |place: usize| characters.get(place).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut found, mut place, mut line) = (Vec::new(), 0, 1);
    while place < characters.len() {
        let start = place;
        match (at(place), at(place + 1)) {
            ('/', '/') => place += characters[place..].iter().take_while(|c| **c != '\n').count(),
            ('/', '*') => place = end_of_comment(&characters, place),
            ('"', _) => place = end_of_text(&characters, place),
            ('r', '"' | '#') | ('b', '"') if raw_or_bytes(&characters, place).is_some() => {
                place = raw_or_bytes(&characters, place).unwrap();
            }
            ('b', 'r') if raw_or_bytes(&characters, place + 1).is_some() => {
                place = raw_or_bytes(&characters, place + 1).unwrap();
            }
            ('\'', '\\') => {
                // `'\''` and `'\\'`: the escaped character is no end.
                place += 3;
                place += characters[place..].iter().take_while(|c| **c != '\'').count() + 1;
            }
            ('\'', _) if at(place + 2) == '\'' => place += 3,
            ('\'', _) => place += 1 + characters[place + 1..].iter().take_while(|c| is_word(**c)).count(),
            (':', ':') => {
                found.push(Token { text: "::".to_owned(), line });
                place += 2;
            }
            (c, _) if is_word(c) => {
                place += characters[place..].iter().take_while(|c| is_word(**c)).count();
                found.push(Token { text: characters[start..place].iter().collect(), line });
            }
            (c, _) => {
                if !c.is_whitespace() {
                    found.push(Token { text: c.to_string(), line });
                }
                place += 1;
            }
        }
        line += characters[start..place.min(characters.len())].iter().filter(|c| **c == '\n').count();
    }
    found
}

fn end_of_comment(characters: &[char], start: usize) -> usize {
    let (mut depth, mut place) = (0, start);
    while let [first, second, ..] = &characters[place..] {
        match (first, second) {
            ('/', '*') => (depth, place) = (depth + 1, place + 2),
            ('*', '/') => (depth, place) = (depth - 1, place + 2),
            _ => place += 1,
        }
        if depth == 0 {
            return place;
        }
    }
    characters.len()
}

fn end_of_text(characters: &[char], start: usize) -> usize {
    let mut place = start + 1;
    while let Some(c) = characters.get(place) {
        match c {
            '\\' => place += 2,
            '"' => return place + 1,
            _ => place += 1,
        }
    }
    characters.len()
}

/// The end of `r"…"`, `r#"…"#` or `b"…"`; `None` where none begins (`r#type`).
fn raw_or_bytes(characters: &[char], start: usize) -> Option<usize> {
    if characters.get(start) == Some(&'b') {
        return Some(end_of_text(characters, start + 1));
    }
    let hashes = characters[start + 1..].iter().take_while(|c| **c == '#').count();
    let open = start + 1 + hashes;
    (characters.get(open) == Some(&'"')).then_some(())?;
    let closes = |place: &usize| {
        characters[*place] == '"'
            && characters[place + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    Some((open + 1..characters.len()).find(closes).map_or(characters.len(), |place| place + 1 + hashes))
}

/// The lines of everything that `#[cfg(test)]` stands before.
fn test_lines(tokens: &[Token]) -> Vec<RangeInclusive<usize>> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let marked = (0..tokens.len()).filter(|at| reads(tokens, *at, &MARK));
    marked.map(|at| tokens[at].line..=tokens[end_of_item(tokens, at + MARK.len())].line).collect()
}

/// The last token of the item that begins here: its `;`, or the `}` of its body.
fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(token.text.as_str(), ";" | "}") {
            return at;
        }
    }
    tokens.len() - 1
}
