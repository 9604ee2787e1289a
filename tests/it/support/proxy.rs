//! A server between a client and a real gateway, which passes everything on but for what a test has it do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// What a client asks.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// Whether it goes to this path, or below it.
    pub(crate) fn is(&self, path: &str) -> bool {
        self.path == path || self.path.starts_with(&format!("{path}/"))
    }
}

/// What the client is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Reply {
    /// A document that says no.
    pub(crate) fn refusal(status: u16, body: &[u8]) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.to_vec() }
    }
}

/// Asks the real gateway.
pub(crate) type Forward<'a> = &'a dyn Fn(&Asked) -> Reply;

/// What the proxy does with one call.
type Conduct = dyn Fn(&Asked, Forward<'_>) -> Reply + Send + Sync;

struct Shared {
    gateway: String,
    conduct: Mutex<Arc<Conduct>>,
    asked: Mutex<Vec<(String, String)>>,
}

/// The server; it listens until the test's process ends.
pub(crate) struct Proxy {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

impl Proxy {
    /// In front of the gateway at a base address; honest until told otherwise.
    pub(crate) fn before(gateway: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            gateway: gateway.strip_prefix("http://").unwrap().to_owned(),
            conduct: Mutex::new(Arc::new(|asked: &Asked, forward: Forward<'_>| forward(asked))),
            asked: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&serving);
                std::thread::spawn(move || serve(stream.unwrap(), &shared));
            }
        });
        Self { url, shared }
    }

    /// What it does from now on; the calls counted so far are forgotten.
    pub(crate) fn conduct(&self, conduct: impl Fn(&Asked, Forward<'_>) -> Reply + Send + Sync + 'static) {
        *lock(&self.shared.conduct) = Arc::new(conduct);
        lock(&self.shared.asked).clear();
    }

    /// How many calls came to a path, or below it.
    pub(crate) fn calls(&self, path: &str) -> usize {
        let asked = lock(&self.shared.asked);
        asked.iter().filter(|(_, at)| at == path || at.starts_with(&format!("{path}/"))).count()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One call a connection: simple, and what a client may meet anywhere.
fn serve(stream: TcpStream, shared: &Shared) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (start, headers) = head(&mut reader)?;
    let mut words = start.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let length = value(&headers, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    lock(&shared.asked).push((method.clone(), path.clone()));
    let asked = Asked { method, path, headers, body };
    let conduct = Arc::clone(&lock(&shared.conduct));
    let reply = conduct(&asked, &|asked| forward(&shared.gateway, asked));
    let mut text = format!("HTTP/1.1 {} of the proxy\r\nconnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", reply.body.len()));
    let mut stream = stream;
    stream.write_all(text.as_bytes()).ok()?;
    stream.write_all(&reply.body).ok()
}

/// HTTP/1.0, so that the answer ends where the connection does. A gateway that is away is said as such.
fn forward(gateway: &str, asked: &Asked) -> Reply {
    ask(gateway, asked).unwrap_or_else(|| Reply::refusal(502, b"{}"))
}

fn ask(gateway: &str, asked: &Asked) -> Option<Reply> {
    let mut stream = TcpStream::connect(gateway).ok()?;
    let mut text = format!("{} {} HTTP/1.0\r\nhost: {gateway}\r\n", asked.method, asked.path);
    for (name, value) in asked.headers.iter().filter(|(name, _)| !is_of_the_connection(name)) {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", asked.body.len()));
    stream.write_all(text.as_bytes()).ok()?;
    stream.write_all(&asked.body).ok()?;
    let mut reader = BufReader::new(stream);
    let (start, mut headers) = head(&mut reader)?;
    let status = start.split(' ').nth(1)?.parse().ok()?;
    headers.retain(|(name, _)| !is_of_the_connection(name));
    let mut body = Vec::new();
    reader.read_to_end(&mut body).ok()?;
    Some(Reply { status, headers, body })
}

/// First line and headers.
fn head(reader: &mut BufReader<TcpStream>) -> Option<(String, Vec<(String, String)>)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers = lines.get(1..)?.iter().filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    Some((lines.swap_remove(0), headers))
}

fn value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

fn is_of_the_connection(name: &str) -> bool {
    matches!(name, "host" | "connection" | "content-length" | "transfer-encoding" | "expect")
}
