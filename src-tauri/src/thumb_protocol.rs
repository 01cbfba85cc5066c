//! `thumb://localhost/t/<library>/<id>` (thumbnail; `?scale=2` for screens with two pixels for one) and
//! `thumb://localhost/p/<library>/<id>` (full size; `?page=<n>`, counted from 0, for a page of a TIFF): pictures for the
//! window without a detour through JSON. Ids are opaque numbers of the catalogue that is open under that name; the same
//! number is another picture in another place, and the window's cache knows addresses only. Only raster pictures leave here:
//! a page served by this scheme would count as a local origin.

use engine::{Blob, Engine, ErrorKind};
use tauri::http::{Method, Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

/// The scheme's name.
pub const SCHEME: &str = "thumb";

/// What browsers show and what can't hold a script.
const RASTER: [&str; 7] =
    ["image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/avif", "image/x-icon"];

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    /// [`AppState::library`](engine::view::AppState::library), as it was when the window learned of the number.
    library: String,
    picture: Size,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Thumbnail(u32),
    SharpThumbnail(u32),
    Preview { id: u32, page: u32 },
}

/// Answers a request of the window.
pub fn serve<R: Runtime>(context: UriSchemeContext<'_, R>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let wanted = match parse(request.method(), request.uri().path(), request.uri().query()) {
        Ok(wanted) => wanted,
        Err(status) => return responder.respond(refuse(status)),
    };
    let Some(engine) = context.app_handle().try_state::<Engine>() else {
        return responder.respond(refuse(StatusCode::SERVICE_UNAVAILABLE));
    };
    let engine = engine.inner().clone();
    tauri::async_runtime::spawn(async move { responder.respond(answer(&engine, wanted).await) });
}

fn parse(method: &Method, path: &str, query: Option<&str>) -> Result<Wanted, StatusCode> {
    if method != Method::GET {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    let mut parts = path.trim_start_matches('/').split('/');
    let (Some(kind), Some(library), Some(id), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(StatusCode::BAD_REQUEST);
    };
    if library.is_empty() {
        return Err(StatusCode::BAD_REQUEST);
    }
    let id = number(id)?;
    let picture = match (kind, query) {
        ("t", None) => Size::Thumbnail(id),
        ("t", Some("scale=2")) => Size::SharpThumbnail(id),
        ("p", None) => Size::Preview { id, page: 0 },
        ("p", Some(query)) => {
            let page = query.strip_prefix("page=").ok_or(StatusCode::BAD_REQUEST)?;
            Size::Preview { id, page: number(page)? }
        }
        _ => return Err(StatusCode::BAD_REQUEST),
    };
    Ok(Wanted { library: library.to_owned(), picture })
}

/// Digits only: `parse` alone would let "+7" through, and one picture should have one address.
fn number(text: &str) -> Result<u32, StatusCode> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(StatusCode::BAD_REQUEST)
}

async fn answer(engine: &Engine, wanted: Wanted) -> Response<Vec<u8>> {
    // The window asks for what it was told of the place before, just after another one was opened.
    if engine.state().library != wanted.library {
        return refuse(StatusCode::NOT_FOUND);
    }
    let (found, cache) = match wanted.picture {
        // A thumbnail is made once from bytes that never change.
        Size::Thumbnail(id) => (engine.thumbnail(id).await, "private, max-age=31536000, immutable"),
        // The usual one, until the picture's bytes are here.
        Size::SharpThumbnail(id) => (engine.sharp_thumbnail(id).await, "private, max-age=600"),
        Size::Preview { id, page } => (engine.preview_of_page(id, page).await.map(Some), "private, max-age=3600"),
    };
    match found {
        Ok(Some(blob)) => picture(blob, cache),
        Ok(None) => refuse(StatusCode::NOT_FOUND),
        Err(error) if matches!(error.code, ErrorKind::NotFound | ErrorKind::NoPlace) => refuse(StatusCode::NOT_FOUND),
        Err(error) => {
            tracing::warn!(?wanted, %error, "a picture can't be shown");
            refuse(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn picture(blob: Blob, cache: &str) -> Response<Vec<u8>> {
    if !RASTER.contains(&blob.content_type.as_str()) {
        return refuse(StatusCode::NOT_FOUND);
    }
    Response::builder()
        .status(StatusCode::OK)
        .header(header::CONTENT_TYPE, blob.content_type)
        .header(header::CACHE_CONTROL, cache)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")
        .body(blob.bytes.to_vec())
        .unwrap_or_else(|_| refuse(StatusCode::NOT_FOUND))
}

fn refuse(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(content_type: &str) -> Blob {
        Blob { bytes: b"bytes".to_vec().into(), content_type: content_type.to_owned() }
    }

    #[test]
    fn addresses_are_read_strictly() {
        let get = |path, query| parse(&Method::GET, path, query);
        let wanted = |picture| Ok(Wanted { library: "a1".to_owned(), picture });
        assert_eq!(get("/t/a1/7", None), wanted(Size::Thumbnail(7)));
        assert_eq!(get("/t/a1/7", Some("scale=2")), wanted(Size::SharpThumbnail(7)));
        assert_eq!(get("/p/a1/4294967295", None), wanted(Size::Preview { id: u32::MAX, page: 0 }));
        assert_eq!(get("/p/a1/7", Some("page=2")), wanted(Size::Preview { id: 7, page: 2 }));
        for path in [
            "/",
            "/t",
            "/t/",
            "/t/7",
            "/t//7",
            "/t/a1/",
            "/t/a1/x",
            "/t/a1/+7",
            "/t/a1/-1",
            "/t/a1/7/8",
            "/x/a1/7",
            "/t/a1/4294967296",
            "/t/a1/../p/7",
        ] {
            assert_eq!(get(path, None), Err(StatusCode::BAD_REQUEST), "{path}");
        }
        for query in ["", "page", "page=", "page=+1", "page=1&page=2", "other=1"] {
            assert_eq!(get("/p/a1/7", Some(query)), Err(StatusCode::BAD_REQUEST), "{query}");
        }
        for query in ["page=1", "scale=1", "scale=2&page=1"] {
            assert_eq!(get("/t/a1/7", Some(query)), Err(StatusCode::BAD_REQUEST), "{query}");
        }
    }

    #[test]
    fn nothing_but_get_is_answered() {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::HEAD] {
            assert_eq!(parse(&method, "/t/a1/7", None), Err(StatusCode::METHOD_NOT_ALLOWED));
        }
    }

    #[test]
    fn pictures_are_never_sniffed() {
        let response = picture(blob("image/webp"), "no-cache");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "image/webp");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(response.body(), b"bytes");
    }

    #[test]
    fn what_could_hold_a_script_is_not_served() {
        for content_type in ["image/svg+xml", "text/html", "application/octet-stream", ""] {
            assert_eq!(picture(blob(content_type), "no-cache").status(), StatusCode::NOT_FOUND, "{content_type}");
        }
    }
}
