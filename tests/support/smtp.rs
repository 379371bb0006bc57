//! A client's mail program: hands mails to Postfix over SMTP.

use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An SMTP session (RFC 5321) without TLS or login.
pub(crate) struct Smtp {
    reader: BufReader<TcpStream>,
    writer: BufWriter<TcpStream>,
}

impl Smtp {
    /// Connects to a server on the loopback interface.
    pub(crate) fn connect(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).context("cannot reach Postfix")?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.set_nodelay(true)?;
        let mut smtp = Self { reader: BufReader::new(stream.try_clone()?), writer: BufWriter::new(stream) };
        smtp.expect(220)?;
        smtp.command("EHLO client.test", 250)?;
        Ok(smtp)
    }

    /// Sends one mail. An empty `from` is the null sender.
    pub(crate) fn send(&mut self, from: &str, to: &str, raw: &[u8]) -> Result<()> {
        self.command(&format!("MAIL FROM:<{from}> BODY=8BITMIME"), 250)?;
        self.command(&format!("RCPT TO:<{to}>"), 250)?;
        self.command("DATA", 354)?;
        for line in raw.split_inclusive(|&byte| byte == b'\n') {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if text.starts_with(b".") {
                self.writer.write_all(b".")?;
            }
            self.writer.write_all(text)?;
            self.writer.write_all(b"\r\n")?;
        }
        self.command(".", 250)
    }

    fn command(&mut self, line: &str, code: u16) -> Result<()> {
        write!(self.writer, "{line}\r\n")?;
        self.writer.flush()?;
        self.expect(code).with_context(|| format!("Postfix did not take `{line}`"))
    }

    fn expect(&mut self, code: u16) -> Result<()> {
        loop {
            let mut line = String::new();
            ensure!(self.reader.read_line(&mut line)? > 0, "the connection ended");
            let last = line.as_bytes().get(3) != Some(&b'-');
            if !line.starts_with(&code.to_string()) {
                bail!("{}", line.trim_end());
            }
            if last {
                return Ok(());
            }
        }
    }
}
