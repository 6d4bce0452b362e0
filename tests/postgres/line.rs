//! A line to a PostgreSQL server that can be cut and mended: while it is cut, everything on it is held, as on a network that
//! drops what is sent.

use std::sync::Arc;

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};
use url::Url;

/// Listens on a port, and passes on to the server at `to` what comes while it is let through; gives where it listens, as
/// the same URL otherwise.
pub async fn line(to: &str, through: watch::Receiver<bool>) -> String {
    let to = Arc::new(Url::parse(to).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut here = Url::clone(&to);
    here.set_host(Some("127.0.0.1")).unwrap();
    here.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            tokio::spawn(join(near, Arc::clone(&to), through.clone()));
        }
    });
    here.into()
}

async fn join(near: TcpStream, to: Arc<Url>, mut through: watch::Receiver<bool>) {
    // Over a line that is cut the server hears of nobody.
    if through.wait_for(|through| *through).await.is_err() {
        return;
    }
    let host = to.host_str().unwrap().replace("%2F", "/");
    let (near_read, near_write) = near.into_split();
    let port = to.port().unwrap_or(5432);
    // Where no server is, the line ends.
    if host.starts_with('/') {
        let Ok(far) = UnixStream::connect(format!("{host}/.s.PGSQL.{port}")).await else { return };
        let (far_read, far_write) = far.into_split();
        tokio::join!(pass(near_read, far_write, through.clone()), pass(far_read, near_write, through));
    } else {
        let Ok(far) = TcpStream::connect((host, port)).await else { return };
        let (far_read, far_write) = far.into_split();
        tokio::join!(pass(near_read, far_write, through.clone()), pass(far_read, near_write, through));
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut through: watch::Receiver<bool>,
) {
    let mut bytes = [0; 4096];
    loop {
        let many = from.read(&mut bytes).await.unwrap_or(0);
        // That one end is gone is not told either.
        if through.wait_for(|through| *through).await.is_err() || many == 0 {
            break;
        }
        if to.write_all(&bytes[..many]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}
