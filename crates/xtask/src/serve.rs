//! A small static server on 127.0.0.1.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::steps::{Failure, explain};
use crate::{build, paths, usage};

const USUAL_PORT: u16 = 8037;

/// `serve [--port N] [--no-build]`.
pub fn command(arguments: &[String]) -> Result<(), Failure> {
    let mut port = None;
    let mut with_build = true;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--no-build" => with_build = false,
            "--port" => {
                let given = words.next().ok_or_else(|| usage("--port wants a number"))?;
                port = Some(
                    given
                        .parse()
                        .map_err(|_| usage(&format!("«{given}» is no port")))?,
                );
            }
            other => return Err(usage(&format!("serve has no option «{other}»"))),
        }
    }
    if with_build {
        build::page()?;
    }
    let folder = paths::root().join("web/dist");
    let step = "opening the port";
    let listener = match port {
        Some(port) => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(explain(
            step,
            "something else listens there; give another --port, or none",
        ))?,
        None => TcpListener::bind((Ipv4Addr::LOCALHOST, USUAL_PORT))
            .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .map_err(explain(step, "no port on 127.0.0.1 can be opened here"))?,
    };
    let address = listener.local_addr().map_err(explain(step, "try again"))?;
    println!("The page is at http://{address}/  (stop with Ctrl-C)");
    let folder: Arc<Path> = folder.into();
    for stream in listener.incoming().flatten() {
        let folder = Arc::clone(&folder);
        // A browser that goes away in mid-answer is no concern of ours.
        thread::spawn(move || drop(answer(&stream, &folder)));
    }
    Ok(())
}

/// One request, one answer, and the connection ends.
fn answer(stream: &TcpStream, folder: &Path) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.take(16 * 1024));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 0 && header.trim() != "" {
        header.clear();
    }
    let mut words = request.split_whitespace();
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let (status, kind, body) = match (method, file(folder, target)) {
        ("GET" | "HEAD", Some(path)) => match fs::read(&path) {
            Ok(bytes) => ("200 OK", media_type(&path), bytes),
            Err(_) => ("404 Not Found", TEXT, b"no such file\n".to_vec()),
        },
        ("GET" | "HEAD", None) => ("404 Not Found", TEXT, b"no such file\n".to_vec()),
        _ => (
            "405 Method Not Allowed",
            TEXT,
            b"only GET and HEAD\n".to_vec(),
        ),
    };
    // Sandboxed frames of course pages have an origin of their own; without the
    // second header they could not load the module or its wasm.
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nAccess-Control-Allow-Origin: *\r\n\
         Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut out = stream;
    out.write_all(head.as_bytes())?;
    if method == "GET" {
        out.write_all(&body)?;
    }
    out.flush()
}

const TEXT: &str = "text/plain; charset=utf-8";

/// The file a request's target names: below `folder`, never outside it.
fn file(folder: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?;
    let relative = PathBuf::from(decoded(path.strip_prefix('/')?)?);
    if !relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let found = folder.join(relative);
    Some(if found.is_dir() {
        found.join("index.html")
    } else {
        found
    })
}

/// Percent-decoding.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

fn media_type(path: &Path) -> &'static str {
    match path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or("")
    {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => TEXT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_never_leaves_the_folder() {
        let folder = Path::new("/page");
        assert_eq!(
            file(folder, "/a%20b.js?x=1"),
            Some(PathBuf::from("/page/a b.js"))
        );
        assert_eq!(file(folder, "/"), Some(PathBuf::from("/page/")));
        for bad in [
            "/../secret",
            "/%2e%2e/secret",
            "//etc/passwd",
            "/a/%2",
            "relative",
            "/a/../../b",
        ] {
            assert_eq!(file(folder, bad), None, "{bad}");
        }
    }
}
