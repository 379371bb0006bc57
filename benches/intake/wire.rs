//! The IMAP socket: a reader that throws everything away (no program can be faster), and a wire with a delay.
use anyhow::{Context as _, Result, bail, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio_rustls::rustls::{self, pki_types::pem::PemObject as _};

/// Fetches all mails of the inbox and keeps none.
pub(crate) fn read_all(port: u16, user: &str, password: &str, ca_file: &str) -> Result<()> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(rustls::pki_types::CertificateDer::from_pem_file(ca_file)?)?;
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from("localhost")?;
    let tls = rustls::ClientConnection::new(Arc::new(config), name)?;
    let socket = TcpStream::connect(("127.0.0.1", port))?;
    socket.set_nodelay(true)?;
    let mut imap = BufReader::with_capacity(64 << 10, rustls::StreamOwned::new(tls, socket));
    answer(&mut imap, "*")?;
    let commands = [&format!("LOGIN {user} {password}"), "SELECT INBOX", "UID FETCH 1:* (UID BODY.PEEK[])"];
    for (tag, command) in commands.into_iter().enumerate() {
        imap.get_mut().write_all(format!("a{tag} {command}\r\n").as_bytes())?;
        answer(&mut imap, &format!("a{tag}"))?;
    }
    Ok(())
}

/// Reads up to the response with this tag, skipping literals.
fn answer(imap: &mut impl BufRead, tag: &str) -> Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        ensure!(imap.read_until(b'\n', &mut line)? > 0, "the server hung up");
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if let Some(size) = text.strip_suffix('}').and_then(|rest| rest.rsplit_once('{')) {
            let size: u64 = size.1.parse()?;
            std::io::copy(&mut imap.by_ref().take(size), &mut std::io::sink())?;
        } else if let Some(rest) = text.strip_prefix(tag) {
            ensure!(rest.trim_start().starts_with("OK"), "the server says {text}");
            return Ok(());
        }
    }
}

/// Listens on a port, and carries everything to another and back, each byte `delay` later. Bandwidth is not limited.
pub(crate) fn slow(to: u16, delay: Duration) -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let port = listener.local_addr()?.port();
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let Ok(far) = TcpStream::connect(("127.0.0.1", to)) else { return };
            if carry_both_ways(&near, &far, delay).is_err() {
                return;
            }
        }
    });
    Ok(port)
}

fn carry_both_ways(near: &TcpStream, far: &TcpStream, delay: Duration) -> Result<()> {
    for (from, to) in [(near, far), (far, near)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        to.set_nodelay(true)?;
        carry(from, to, delay);
    }
    Ok(())
}

fn carry(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    // As much as a fast wire holds in that time: 64 KB a piece, 64 MB in all.
    let (sender, receiver) = mpsc::sync_channel::<(Instant, Vec<u8>)>(1024);
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let Some(bytes) = buffer.get(..length) else { break };
            if sender.send((Instant::now() + delay, bytes.to_vec())).is_err() {
                break;
            }
        }
    });
    std::thread::spawn(move || {
        for (due, bytes) in receiver {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        to.shutdown(Shutdown::Write).ok();
    });
}

/// The arguments by which this program makes itself the bare reader.
pub(crate) fn run_as_reader(arguments: &[String]) -> Result<()> {
    let [port, user, password, ca_file] = arguments else { bail!("the bare reader takes four arguments") };
    read_all(port.parse().context("port")?, user, password, ca_file)
}
