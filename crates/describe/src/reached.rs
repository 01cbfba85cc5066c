//! What an endpoint says of itself when nothing is asked of it yet.

use serde_json::Value;

/// An endpoint that is there and takes the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Its list of models has the one that is chosen.
    HasModel,
    /// Its list hasn't.
    LacksModel,
    /// It gives no list that can be read.
    NoList,
}

impl Reached {
    /// From the answer to `GET /models`: OpenAI's `data`, or `models`, as others call it. Names with a tag match without it, as
    /// Ollama takes `llava` for `llava:latest`, and so do Google's with `models/` in front.
    pub(crate) fn of(list: &Value, model: &str) -> Self {
        let entries = ["data", "models"].iter().find_map(|name| list[*name].as_array()).or_else(|| list.as_array());
        let names = entries.into_iter().flatten().filter_map(|entry| {
            entry.as_str().or_else(|| ["id", "model", "name"].iter().find_map(|name| entry[*name].as_str()))
        });
        let mut names = names.map(|name| name.strip_prefix("models/").unwrap_or(name)).peekable();
        if names.peek().is_none() {
            return Self::NoList;
        }
        let is_it = |name: &str| name == model || name.split_once(':').is_some_and(|(name, _)| name == model);
        if names.any(is_it) { Self::HasModel } else { Self::LacksModel }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({"data": [{"id": "gpt-5-mini"}]}), Reached::HasModel)]
    #[case(json!({"models": [{"name": "gpt-5-mini:latest"}]}), Reached::HasModel)]
    #[case(json!({"data": [{"id": "models/gpt-5-mini"}]}), Reached::HasModel)]
    #[case(json!(["gpt-5-mini"]), Reached::HasModel)]
    #[case(json!({"data": [{"id": "gpt-5"}]}), Reached::LacksModel)]
    #[case(json!({"data": []}), Reached::NoList)]
    #[case(json!({"status": "ok"}), Reached::NoList)]
    fn lists_of_many_servers(#[case] list: Value, #[case] reached: Reached) {
        assert_eq!(Reached::of(&list, "gpt-5-mini"), reached);
    }
}
