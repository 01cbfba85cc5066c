//! Descriptions in progress.

use serde::Serialize;
use ts_rs::TS;

/// How far the queue of descriptions is, since it was last empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DescribeProgress {
    /// Pictures asked for, without those that were cancelled.
    pub total: u32,
    /// Done, well or not.
    pub done: u32,
    /// Of these, failed.
    pub failed: u32,
    /// Not tried yet, or not to the end.
    pub waiting: u32,
    /// Cancelled.
    pub cancelled: u32,
    /// Whether it is still going.
    pub running: bool,
    /// Whether the person paused it.
    pub paused: bool,
    /// What it waits for, while the AI has asked for that.
    pub waits: Option<DescriptionWait>,
    /// Why it stopped, which is something that the next picture would meet, too. Everything that was not tried waits.
    pub stopped: Option<DescriptionStop>,
    /// What came of each picture so far that is new since the last message.
    pub outcomes: Vec<DescribeOutcome>,
}

/// Why the queue stopped, or why a picture failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DescriptionStop {
    /// From the engine's closed list.
    pub code: String,
    /// What happened and what to do.
    pub message: String,
}

/// A wait that the AI has asked for; then the queue goes on by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DescriptionWait {
    /// Why, from the engine's closed list: `ai_quota` when it takes no more requests for now.
    pub code: String,
    /// Until when (UTC).
    pub until: String,
}

/// What a batch of descriptions will probably take. Money is in millionths of a US dollar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DescriptionEstimate {
    /// How many pictures.
    pub pictures: u32,
    /// Who gets them.
    pub host: String,
    /// Who describes them.
    pub model: String,
    /// Tokens that are sent.
    #[ts(type = "number")]
    pub input_tokens: u64,
    /// Tokens that come back.
    #[ts(type = "number")]
    pub output_tokens: u64,
    /// What that costs; absent when nobody knows the price of this model.
    #[ts(type = "number | null")]
    pub microdollars: Option<u64>,
    /// How long it takes, in seconds.
    #[ts(type = "number")]
    pub seconds: u64,
    /// Whether that is what earlier descriptions took on the average, rather than what is usual.
    pub measured: bool,
    /// What this month's descriptions have cost so far.
    #[ts(type = "number")]
    pub spent_microdollars: u64,
    /// The most that a month may cost.
    #[ts(type = "number | null")]
    pub monthly_cap_microdollars: Option<u64>,
}

/// What a month's descriptions by a model took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DescriptionUse {
    /// `2026-12`, in UTC.
    pub month: String,
    /// As it was asked for.
    pub model: String,
    /// How many.
    pub pictures: u32,
    /// Tokens that were sent.
    #[ts(type = "number")]
    pub input_tokens: u64,
    /// Tokens that came back.
    #[ts(type = "number")]
    pub output_tokens: u64,
    /// In millionths of a US dollar, of those whose price was known.
    #[ts(type = "number")]
    pub microdollars: u64,
    /// How many had no known price.
    pub unpriced: u32,
}

/// Pictures that failed for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DescriptionFailure {
    /// From the engine's closed list.
    pub code: String,
    /// The reason, which with the code names the group when that is to be tried again; absent for what has none.
    pub reason: Option<String>,
    /// What happened and what to do.
    pub message: String,
    /// How many.
    pub pictures: u32,
}

/// What was cancelled with one word, and can be taken back with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DescriptionsCancelled {
    /// Names the cancelling.
    #[ts(type = "number")]
    pub number: i64,
    /// How many pictures are not described therefore.
    pub pictures: u32,
}

/// One wish of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DescriptionJob {
    /// The picture's local number.
    pub id: u32,
    /// The service's identifier of the picture.
    pub image_id: String,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: DescriptionStatus,
    /// What to look out for.
    pub prompt: Option<String>,
    /// Why it failed.
    pub error: Option<DescriptionStop>,
}

/// Where a wish stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DescriptionStatus {
    /// To be asked.
    Waiting,
    /// Being asked at this moment.
    Asking,
    /// Described.
    Done,
    /// This picture can't be described.
    Failed,
    /// The person cancelled it.
    Cancelled,
}

/// What came of one picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct DescribeOutcome {
    /// The picture's local number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Absent when it went well: the code.
    pub error_code: Option<String>,
    /// Absent when it went well: what happened and what to do.
    pub error: Option<String>,
}
