//! A static server for this machine that answers as a deployed one should: the headers of `_headers`, right media
//! types, and the brotli files the build wrote.

use std::{
    fs,
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result, anyhow, ensure};
use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
};
use tokio::runtime;
use tower_http::services::ServeDir;

use crate::headers::Headers;

/// Takes the port on 127.0.0.1; 0 takes a free one. Apart from [`serve`] so that a taken port shows before a long build.
///
/// # Errors
/// If the port is taken.
pub fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!("port {port} is taken: choose another with --port"),
        _ => error.into(),
    })
}

/// Serves `folder` until the process ends. The first line on stdout names the address.
///
/// # Errors
/// If there is no page in `folder` or its `_headers` is faulty.
pub fn serve(folder: &Path, listener: TcpListener, log: bool) -> Result<()> {
    ensure!(folder.join("index.html").is_file(), "there is no build: run `cargo xtask build`");
    let headers = fs::read_to_string(folder.join("_headers")).context("the build has no _headers file")?;
    let app = router(folder, Headers::parse(&headers)?, log);
    println!("Lungfield is at http://{}/ (Ctrl+C ends it)", listener.local_addr()?);
    listener.set_nonblocking(true)?;
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, app).await.context("the server stopped")
    })
}

fn router(folder: &Path, headers: Headers, log: bool) -> Router {
    let headers = Arc::new(headers);
    // ServeDir refuses paths that leave the folder.
    let files = ServeDir::new(folder).precompressed_br();
    Router::new().fallback_service(files).layer(middleware::from_fn(move |request: Request, next: Next| {
        let headers = Arc::clone(&headers);
        async move { answer(request, next, &headers, log).await }
    }))
}

async fn answer(request: Request, next: Next, headers: &Headers, log: bool) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    if path == "/_headers" {
        *response.status_mut() = StatusCode::NOT_FOUND;
        *response.body_mut() = axum::body::Body::empty();
    }
    headers.apply(&path, response.headers_mut());
    if log {
        println!("{method} {path} {}", response.status().as_u16());
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::header};
    use tower::ServiceExt;

    use super::*;

    fn get(path: &str, encoding: &str) -> Response {
        let test = (std::process::id(), std::thread::current().id());
        let folder = std::env::temp_dir().join(format!("lungfield-serve-{test:?}"));
        let site = folder.join("site");
        fs::create_dir_all(&site).expect("a folder");
        fs::write(folder.join("secret.txt"), "secret").expect("a file");
        for (name, text) in [("index.html", "page"), ("_headers", ""), ("a.wasm", "wasm"), ("a.wasm.br", "br")] {
            fs::write(site.join(name), text).expect("a file");
        }
        let headers = Headers::parse("/*\n  X-Content-Type-Options: nosniff\n").expect("valid headers");
        let request = Request::builder().uri(path).header(header::ACCEPT_ENCODING, encoding).body(Body::empty());
        let answer = router(&site, headers, false).oneshot(request.expect("a request"));
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(answer).expect("an answer")
    }

    fn header(response: &Response, name: header::HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap_or_default())
    }

    #[test]
    fn wasm_has_its_media_type_compressed_or_not() {
        for (encoding, sent) in [("br, gzip", "br"), ("gzip", "")] {
            let response = get("/a.wasm", encoding);
            assert_eq!(header(&response, header::CONTENT_TYPE), "application/wasm");
            assert_eq!(header(&response, header::CONTENT_ENCODING), sent);
            assert_eq!(header(&response, header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        }
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        assert_eq!(get("/", "").status(), StatusCode::OK);
        for path in ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/_headers", "/none"] {
            assert_eq!(get(path, "").status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
