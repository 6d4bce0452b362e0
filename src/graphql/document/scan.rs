//! Bounds a document's text before it is parsed.
//!
//! The parser descends by recursion, and bounds its own depth only after the text was read whole. So brackets are
//! counted first, in one pass without recursion. The pass must agree with the parser on where strings and comments
//! end, else brackets could hide from it; a string without an end is refused here, because the parser would try to
//! read it otherwise (`""""` as two empty strings).

use async_graphql::Pos;

use super::refusal::{Bound, Refusal};

/// Longest text, in bytes. GraphiQL's introspection has 2 KB; a large generated client document some 20 KB.
pub(super) const BYTES: usize = 128 * 1024;

/// Most tokens. The validator's work on the worst documents of this size stays far under a second
/// (`the_worst_documents_within_the_bounds_validate_at_once`).
pub(super) const TOKENS: usize = 10_000;

/// Deepest nesting of `{`, `(` and `[`; the parser's own recursion ends at 64.
pub(super) const BRACKETS: usize = 60;

/// Checks the text's bounds and returns the number of its tokens, of which it may have `most`.
pub(super) fn scan(text: &str, most: usize) -> Result<usize, Refusal> {
    let most = most.min(TOKENS);
    if text.len() > BYTES {
        return Err(Bound::Bytes.exceeded(text.len() as u64, BYTES as u64));
    }
    let mut rest = text.as_bytes();
    let (mut tokens, mut open) = (0_usize, 0_usize);
    while let Some((&first, after)) = rest.split_first() {
        rest = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = after;
                continue;
            }
            b'#' => {
                rest = skip_while(after, |byte| !matches!(byte, b'\n' | b'\r'));
                continue;
            }
            b'"' => skip_string(rest).ok_or_else(|| {
                Refusal::UnterminatedString(position(text, text.len().saturating_sub(rest.len())))
            })?,
            b'{' | b'(' | b'[' => {
                open += 1;
                if open > BRACKETS {
                    return Err(Bound::Brackets.exceeded(open as u64, BRACKETS as u64));
                }
                after
            }
            b'}' | b')' | b']' => {
                open = open.saturating_sub(1);
                after
            }
            byte if is_word(byte) => skip_while(after, is_word),
            // One token for each other byte; three for `...` and for a byte order mark does no harm.
            _ => after,
        };
        tokens += 1;
        if tokens > most {
            return Err(Bound::Tokens.exceeded(tokens as u64, most as u64));
        }
    }
    Ok(tokens)
}

const fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn skip_while(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> &[u8] {
    let end = bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len());
    bytes.get(end..).unwrap_or_default()
}

/// What follows the string which `bytes` begins with; `None` where it has no end.
fn skip_string(bytes: &[u8]) -> Option<&[u8]> {
    if let Some(mut rest) = bytes.strip_prefix(b"\"\"\"") {
        loop {
            if let Some(after) = rest.strip_prefix(b"\"\"\"") {
                return Some(after);
            }
            rest = rest.strip_prefix(b"\\\"\"\"").or_else(|| rest.get(1..))?;
        }
    }
    let mut rest = bytes.get(1..)?;
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Some(after),
            [] | [b'\n' | b'\r', ..] | [b'\\'] => return None,
            [b'\\', _, after @ ..] | [_, after @ ..] => after,
        };
    }
}

/// Line and column (both from 1, in characters) of a byte.
fn position(text: &str, byte: usize) -> Pos {
    let before = text.get(..byte).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    Pos { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
}
