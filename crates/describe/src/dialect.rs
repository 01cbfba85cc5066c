//! What an endpoint takes: the form in which answers are asked, and the fields that some servers refuse.

use std::sync::{Mutex, PoisonError};

use crate::error_answer::ErrorAnswer;
use crate::structure::Structure;

/// How one endpoint is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// The form of the answer.
    pub(crate) structure: Structure,
    /// Whether `"store": false` is sent.
    pub(crate) store: bool,
    /// Whether `"stream": false` is sent: some servers stream unless they are told.
    pub(crate) stream: bool,
    /// Whether the answer's length is bounded, where the API has one name for that.
    pub(crate) limit: bool,
    /// Whether the instructions stand apart from the person's message.
    pub(crate) system: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { structure: Structure::Schema, store: true, stream: true, limit: true, system: true }
    }
}

impl Dialect {
    /// The same with less, after this objection; `None` when less wouldn't help. Each step takes something away, so asking
    /// again ends.
    pub(crate) fn without(self, refused: &ErrorAnswer, is_openai: bool) -> Option<Dialect> {
        if refused.is_blind() {
            return None;
        }
        let about_a_field = matches!(refused.status, 400 | 404 | 415 | 422 | 500 | 501);
        if about_a_field {
            for (sent, name, less) in [
                (self.store, "store", Dialect { store: false, ..self }),
                (self.stream, "stream", Dialect { stream: false, ..self }),
                (self.limit, "max_output_tokens", Dialect { limit: false, ..self }),
            ] {
                if sent && refused.names(name) {
                    return Some(less);
                }
            }
        }
        let relaxed = self.structure.relaxed().map(|structure| Dialect { structure, ..self });
        if refused.is_about_system() && self.system {
            return Some(Dialect { system: false, ..self });
        }
        if refused.is_about_structure() {
            return relaxed;
        }
        let unexplained = matches!(refused.status, 400 | 422)
            && !refused.says(&["model", "image", "context", "token", "filter", "policy", "api key", "api_key"]);
        if is_openai || !unexplained {
            return None;
        }
        // Words that nobody here knows: first without what other servers don't have, then in a looser form.
        if self.store || self.limit {
            return Some(Dialect { store: false, limit: false, ..self });
        }
        relaxed
    }
}

/// What an endpoint has been found to take, so that a batch of pictures finds out only once.
#[derive(Debug, Default)]
pub(crate) struct Learnt(Mutex<Dialect>);

impl Learnt {
    pub(crate) fn dialect(&self) -> Dialect {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn works_with(&self, dialect: Dialect) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = dialect;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> ErrorAnswer {
        ErrorAnswer::read(status, None, body.as_bytes())
    }

    fn with(change: impl FnOnce(&mut Dialect)) -> Option<Dialect> {
        let mut dialect = Dialect::default();
        change(&mut dialect);
        Some(dialect)
    }

    #[test]
    fn each_objection_takes_its_own_away() {
        let less = |status, body: &str| Dialect::default().without(&refused(status, body), false);
        let google = r#"[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"store\": Cannot find field.","status":"INVALID_ARGUMENT"}}]"#;
        assert_eq!(less(400, google), with(|d| d.store = false));
        assert_eq!(
            less(400, r#"{"error":{"message":"property 'stream' is unsupported"}}"#),
            with(|d| d.stream = false)
        );
        assert_eq!(less(500, r#"{"error":{"message":"System role not supported"}}"#), with(|d| d.system = false));
        let structure = r#"{"error":{"message":"Unsupported","param":"response_format"}}"#;
        assert_eq!(less(400, structure), with(|d| d.structure = Structure::JsonObject));
        assert_eq!(less(400, r#"{"error":"bad request"}"#), with(|d| (d.store, d.limit) = (false, false)));
        for other in [r#"{"error":"Invalid image"}"#, r#"{"error":"image input is not supported"}"#] {
            assert_eq!(less(400, other), None, "{other}");
        }
        assert_eq!(less(401, r#"{"error":"store"}"#), None);
    }

    #[test]
    fn asking_for_less_ends() {
        for is_openai in [true, false] {
            for body in ["no", "response_format", "store stream", "System role not supported: response_format"] {
                let mut dialect = Dialect::default();
                let mut steps = 0;
                while let Some(less) = dialect.without(&refused(400, body), is_openai) {
                    (dialect, steps) = (less, steps + 1);
                    assert!(steps < 10, "{body}");
                }
            }
        }
    }
}
