//! The OpenAPI document (<https://spec.openapis.org/oas/v3.1.0>), made from what stands above the handlers.
//!
//! A handler says what it answers when all goes well, and in `x-error-codes` how it can fail in ways of its own. What every
//! call of its kind can fail with is added here, and the codes become responses: one a status, each with the codes that
//! come with it. So a client, and the tests, know exactly what to expect.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use account_api::ErrorCode;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

use super::operations::{about, batch, form, quick, slow};

/// The security scheme's name.
const ACCESS_TOKEN: &str = "access_token";

/// The extension in which a handler names its codes.
const CODES: &str = "x-error-codes";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Image Manager account service",
        description = "Accounts, pictures, uploads and the change feed.\n\n\
            Everything is JSON, except for the form of `POST /api/images`. Times are RFC 3339 in UTC, sizes are bytes, \
            identifiers are opaque. Fields may be added to responses at any time. Every error has the body \
            `{\"error\":{\"code\",\"message\"}}`, the code from a closed list. Every answer carries an `x-request-id`, which \
            also stands in the service’s log. What belongs to another account looks exactly like what doesn’t exist.",
        license(name = "MIT", identifier = "MIT"),
    ),
    tags(
        (name = "accounts", description = "Registering, signing in, sessions."),
        (name = "pictures", description = "Pictures that are stored and verified."),
        (name = "uploads", description = "Grants: bytes go straight to the object store and are verified there."),
        (name = "changes", description = "The change feed that keeps devices alike."),
        (name = "links", description = "Links that people give to others."),
        (name = "service", description = "About the service itself."),
    ),
    // What doesn't say otherwise needs an access token: forgetting it makes a call documented as closed, not as open.
    security(("access_token" = [])),
    components(schemas(account_api::ErrorBody, account_api::ErrorDetail, account_api::ErrorCode)),
)]
struct Base;

/// What stands above the handlers, under what is said of the whole.
fn described() -> utoipa::openapi::OpenApi {
    let mut base = Base::openapi();
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("From `/api/auth/login`, `/api/auth/register` or `/api/auth/refresh`; good for ten minutes."))
        .build();
    base.components.get_or_insert_default().add_security_scheme(ACCESS_TOKEN, SecurityScheme::Http(token));
    let groups = [
        quick::Documentation::openapi(),
        slow::Documentation::openapi(),
        form::Documentation::openapi(),
        batch::Documentation::openapi(),
        about::Documentation::openapi(),
    ];
    groups.into_iter().fold(base, utoipa::openapi::OpenApi::merge_from)
}

/// The document as it is served.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());
    &TEXT
}

fn document() -> Value {
    // The types of the document are made of strings and maps, which always can be JSON.
    let mut document = serde_json::to_value(described()).unwrap_or_default();
    let Some(Value::Object(paths)) = document.get_mut("paths") else { return document };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Value::Object(operation) = operation
            && operation.contains_key("responses")
        {
            add_errors(operation);
        }
    }
    document
}

fn add_errors(operation: &mut Map<String, Value>) {
    let codes = codes(operation);
    let mut by_status = BTreeMap::<u16, Vec<ErrorCode>>::new();
    for code in &codes {
        by_status.entry(code.status()).or_default().push(*code);
    }
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    for (status, codes) in by_status {
        responses[status.to_string()] = response(status, &codes);
    }
    operation.insert(CODES.to_owned(), codes.iter().map(|code| code.as_str()).collect());
}

fn codes(operation: &Map<String, Value>) -> Vec<ErrorCode> {
    use ErrorCode::{
        DatabaseUnavailable, Internal, InvalidRequest, RateLimited, TimedOut, TokenExpired, TooLarge, Unauthorized,
        UnsupportedBody,
    };
    let own = operation.get(CODES).cloned().unwrap_or_else(|| json!([]));
    let mut codes: Vec<ErrorCode> = serde_json::from_value(own).unwrap_or_default();
    codes.extend([RateLimited, TimedOut, Internal]);
    let is_public = operation.get("security").and_then(Value::as_array).is_some_and(|schemes| {
        schemes.is_empty() || schemes.iter().any(|scheme| scheme.as_object().is_some_and(Map::is_empty))
    });
    if !is_public {
        codes.extend([Unauthorized, TokenExpired, DatabaseUnavailable]);
    }
    if operation.contains_key("requestBody") {
        codes.extend([InvalidRequest, TooLarge, UnsupportedBody]);
    }
    let parameters = operation.get("parameters").and_then(Value::as_array);
    if parameters.is_some_and(|parameters| parameters.iter().any(|parameter| parameter["in"] == "query")) {
        codes.push(InvalidRequest);
    }
    codes.sort_unstable_by_key(|code| (code.status(), code.as_str()));
    codes.dedup();
    codes
}

fn response(status: u16, codes: &[ErrorCode]) -> Value {
    let description: Vec<String> = codes.iter().map(|code| format!("`{code}`: {}", code.meaning())).collect();
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let mut response = json!({
        "description": description.join("\n\n"),
        "content": { "application/json": { "schema": {
            "allOf": [
                { "$ref": "#/components/schemas/ErrorBody" },
                { "properties": { "error": { "properties": { "code": { "enum": names } } } } },
            ],
        } } },
    });
    if status == ErrorCode::RateLimited.status() {
        response["headers"] = json!({ "Retry-After": {
            "description": "Seconds until the next try has a chance.",
            "required": true,
            "schema": { "type": "integer", "minimum": 1 },
        } });
    }
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn operations(document: &Value) -> impl Iterator<Item = (String, &Map<String, Value>)> {
        document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| {
                (format!("{} {path}", method.to_uppercase()), operation.as_object().unwrap())
            })
        })
    }

    #[test]
    fn every_operation_says_what_it_is_and_how_it_fails() {
        let document = document();
        let mut names = BTreeSet::new();
        for (name, operation) in operations(&document) {
            let id = operation["operationId"].as_str().unwrap_or_default();
            assert!(!id.is_empty() && names.insert(id.to_owned()), "{name}: the operationId {id:?} is there twice");
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{name} has no summary");
            assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{name} has no tag");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with(['2', '3'])), "{name} never succeeds");
            assert!(responses.contains_key("429") && responses.contains_key("500"), "{name} never fails");
        }
        assert!(names.len() >= 24, "only {} operations", names.len());
    }

    #[test]
    fn the_codes_that_handlers_name_exist() {
        let described = serde_json::to_value(described()).unwrap();
        for (name, operation) in operations(&described) {
            let Some(named) = operation.get(CODES) else { continue };
            let codes: Vec<ErrorCode> = serde_json::from_value(named.clone()).unwrap();
            assert!(!codes.contains(&ErrorCode::Unknown), "{name}: {named}");
        }
    }

    /// What is served is what is documented: the same addresses with the same methods.
    #[test]
    fn every_route_is_documented_as_it_is_served() {
        let document = document();
        let documented: BTreeSet<String> = operations(&document).map(|(name, _)| name).collect();
        let lists = [quick::LIST, slow::LIST, form::LIST, batch::LIST, about::LIST];
        let served: Vec<String> =
            lists.concat().iter().map(|(method, path)| format!("{} {path}", method.to_uppercase())).collect();
        assert_eq!(served.len(), documented.len());
        assert_eq!(served.into_iter().collect::<BTreeSet<_>>(), documented);
    }

    /// `Router::route` would add a route that no document knows of.
    #[test]
    fn routes_are_added_with_their_documentation_only() {
        let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut folders = vec![std::path::PathBuf::from(sources)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                if entry.path().ends_with("routes/operations.rs") {
                    continue;
                }
                let text = std::fs::read_to_string(entry.path()).unwrap();
                for bare in [".rou\u{74}e(", ".rou\u{74}e_service(", ".nes\u{74}_service(", "fallback_servic\u{65}("] {
                    let path = entry.path();
                    assert!(!text.contains(bare), "{} adds a route without documentation ({bare})", path.display());
                }
            }
        }
    }

    /// The constants of `account_api::route` are the addresses of the document, all of them and no others.
    #[test]
    fn the_document_has_the_routes_of_the_wire_crate() {
        let wire = include_str!("../../../account-api/src/lib.rs");
        let declared: BTreeSet<&str> = wire
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub const ")?.split_once(": &str = \"")?.1.strip_suffix("\";"))
            .collect();
        let document = document();
        let documented: BTreeSet<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(declared, documented);
    }
}
