//! As much HTTP as a test needs: one thread a connection, bodies of known length.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use carechain_crypto::UploadSecret;

use super::answers::{Reply, answer};
use super::ledger::Ledger;

pub(super) fn serve(ledger: Arc<Mutex<Ledger>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let ledger = Arc::clone(&ledger);
            std::thread::spawn(move || connection(stream.unwrap(), &ledger));
        }
    });
    address
}

fn connection(stream: TcpStream, ledger: &Mutex<Ledger>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let mut words = line.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (mut length, mut secret) = (0, None);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            if header.trim().is_empty() {
                break;
            }
            if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if let Some(value) = header.to_lowercase().strip_prefix("authorization: bearer ") {
                secret = UploadSecret::from_hex(value.trim());
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let Reply { status, headers, body, cut } =
            answer(&mut ledger.lock().unwrap(), &method, &path, (secret, &body));
        let length = body.len();
        let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(&body[..cut.unwrap_or(length)]).ok()?;
        if cut.is_some() {
            return stream.shutdown(std::net::Shutdown::Both).ok();
        }
    }
}
