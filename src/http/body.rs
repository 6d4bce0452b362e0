//! A request's body, read whole and no longer than it may be.

use axum::body::{Body, Bytes};
use bytes::BytesMut;
use futures_util::StreamExt as _;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is longer than it may be.
    TooLong,
    /// It broke off.
    Broken,
}

/// The body, of at most `limit` bytes.
pub(super) async fn whole(body: Body, limit: usize) -> Result<Bytes, Unread> {
    let mut pieces = body.into_data_stream();
    // Most bodies come in one piece, which need not be copied.
    let (mut first, mut whole) = (Bytes::new(), BytesMut::new());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_broken| Unread::Broken)?;
        if first.len().max(whole.len()).saturating_add(piece.len()) > limit {
            return Err(Unread::TooLong);
        }
        if first.is_empty() {
            first = piece;
            continue;
        }
        if whole.is_empty() {
            whole.extend_from_slice(&first);
        }
        whole.extend_from_slice(&piece);
    }
    Ok(if whole.is_empty() { first } else { whole.freeze() })
}
