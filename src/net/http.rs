//! One HTTP request at a time over a connection of our own: what the token endpoint of OAuth wants, and no more. No
//! redirects, no cookies, no compression, no proxies.

use super::{Endpoint, NetError, NetStream, Trust, connect_tcp, connect_tls};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::task::JoinSet;
use url::{Host, Url};

/// Answers with a longer body or head are cut off.
const MAX_BYTES: usize = 64 << 10;

/// Why there is no answer. Each text names the cause and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// There was no connection, or no trust in it.
    #[error(transparent)]
    Net(#[from] NetError),
    /// What would be said is secret, and the way is not.
    #[error("{host} is another machine, and secrets go there only with TLS: use an https:// address")]
    Unprotected {
        /// The host.
        host: String,
    },
    /// No whole answer in time.
    #[error("{host} gave no whole answer within {} s: look at the server and the network between", limit.as_secs())]
    TimedOut {
        /// The host.
        host: String,
        /// How long was waited.
        limit: Duration,
    },
    /// More than an answer of its kind can have.
    #[error("{host} gave an answer of more than {} KB: check the address", MAX_BYTES >> 10)]
    TooLarge {
        /// The host.
        host: String,
    },
    /// What came is not HTTP, or it broke off.
    #[error("{host} gave no answer in HTTP ({why}): check the address")]
    Broken {
        /// The host.
        host: String,
        /// What happened.
        why: String,
    },
}

/// An answer, whatever its status.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body: at most 64 KB. It may be secret, and so is not shown by `Debug`.
    pub body: Bytes,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Posts a form (`application/x-www-form-urlencoded`) to an `https:` address, or an `http:` one on this machine, and waits
/// for the answer, for `limit` in all. A redirect is an answer like any other: it is not followed.
///
/// # Errors
/// [`HttpError`]: no connection, no whole answer in time, an answer over 64 KB.
pub async fn post_form(url: &Url, trust: &Trust, form: String, limit: Duration) -> Result<Answer, HttpError> {
    let host = url.host_str().unwrap_or_default().to_owned();
    match tokio::time::timeout(limit, Box::pin(exchange(url, trust, form, &host))).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => Err(HttpError::TimedOut { host, limit }),
    }
}

async fn exchange(url: &Url, trust: &Trust, form: String, shown: &str) -> Result<Answer, HttpError> {
    let stream = connect(url, trust).await?;
    let broken = |why: &dyn std::fmt::Display| HttpError::Broken {
        host: shown.to_owned(),
        why: why.to_string().chars().take(200).collect(),
    };
    let mut builder = hyper::client::conn::http1::Builder::new();
    builder.max_buf_size(MAX_BYTES);
    let handshake = builder.handshake::<_, Full<Bytes>>(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| broken(&error))?;
    // Ends with this function, however that ends.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let request = request(url, form).map_err(|error| broken(&error))?;
    let response: Response<_> = sender.send_request(request).await.map_err(|error| broken(&error))?;
    let status = response.status().as_u16();
    match Limited::new(response.into_body(), MAX_BYTES).collect().await {
        Ok(body) => Ok(Answer { status, body: body.to_bytes() }),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(HttpError::TooLarge { host: shown.to_owned() })
        }
        Err(error) => Err(broken(&error)),
    }
}

async fn connect(url: &Url, trust: &Trust) -> Result<NetStream, HttpError> {
    let host = match url.host() {
        Some(Host::Domain(name)) => name.to_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        None => return Err(NetError::BadHost { host: url.as_str().chars().take(100).collect() }.into()),
    };
    let port = url.port_or_known_default().unwrap_or(443);
    if url.scheme() == "https" {
        return Ok(connect_tls(&Endpoint { host, port, trust: trust.clone() }).await?);
    }
    let stream = connect_tcp(&host, port).await?;
    let here = url.scheme() == "http" && stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
    if here { Ok(stream) } else { Err(HttpError::Unprotected { host }) }
}

fn request(url: &Url, form: String) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let authority = match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    Request::post(path)
        .header(HOST, authority)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .header(USER_AGENT, concat!("askback/", env!("CARGO_PKG_VERSION")))
        .body(Full::new(Bytes::from(form)))
}
