//! The usual course of the store's operations: their spans, their transactions, and their names in what goes wrong.

/// A span within the trace of whoever asks. What runs in the background is in none: each look at the log would be a trace of
/// its own.
macro_rules! span {
    ($operation:literal) => {
        if tracing::Span::current().is_none() {
            tracing::Span::none()
        } else {
            tracing::debug_span!(concat!("store: ", $operation))
        }
    };
}

/// Reads, as the backend's `$way` does, and names the operation in what goes wrong.
macro_rules! look {
    ($way:ident, $store:expr, $operation:literal, $module:ident :: $function:ident ( $($argument:expr),* )) => {{
        let read = async {
            let mut connection = $store.0.$way().await?;
            $module::$function(&mut *connection, $($argument),*).await
        };
        let read = tracing::Instrument::instrument(read, span!($operation));
        read.await.map_err(|fault: Fault| fault.during::<B>($operation))
    }};
}

/// Reads in one transaction.
macro_rules! read {
    ($($operation:tt)*) => { look!(read, $($operation)*) };
}

/// Reads with one statement.
macro_rules! glance {
    ($($operation:tt)*) => { look!(glance, $($operation)*) };
}

/// Writes in one transaction what appends nothing to the log.
macro_rules! change {
    ($store:expr, $operation:literal, $module:ident :: $function:ident ( $($argument:expr),* )) => {{
        let write = async {
            let mut transaction = $store.0.write().await?;
            let written = $module::$function(&mut *transaction, $($argument),*).await?;
            B::commit(transaction).await?;
            Ok(written)
        };
        let write = tracing::Instrument::instrument(write, span!($operation));
        write.await.map_err(|fault: Fault| fault.during::<B>($operation))
    }};
}

pub(super) use {change, glance, look, read, span};
