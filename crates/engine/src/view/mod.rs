//! What the window and the command line see of the engine: plain data, mirrored in TypeScript by ts-rs.
//!
//! Pictures are named by their local number (`id`, a positive integer of this computer's catalogue, stable for the
//! picture's life) inside the app, and by `image_id` (the service's identifier) outside of it.

mod account;
mod audit;
mod describing;
mod doctor;
mod duplicates;
mod free_up_space;
mod layout;
mod library;
mod links;
mod place;
mod rebuild;
mod settings;
mod state;
mod trash;
mod uploads;

pub use account_api::{Crop, DateSource, Facts, Film, Marks, NewMarks, Verdict};

pub use account::{AccountDevice, AccountSecurity, EmailChange, RecoveryForm, Registration, TwoFactorSetup};
pub use audit::{AuditProgress, CheckOutcome, CheckedPicture, Fault, LastCheck, Proof};
pub use describing::{
    DescribeOutcome, DescribeProgress, DescriptionEstimate, DescriptionFailure, DescriptionJob, DescriptionStatus,
    DescriptionStop, DescriptionUse, DescriptionWait, DescriptionsCancelled,
};
pub use doctor::{DoctorReport, DoctorStep, StepStatus};
pub use duplicates::{Difference, Duplicate, DuplicateGroup, Duplicates, GroupKind};
pub use free_up_space::{FreeItem, FreeReport, FreeStatus};
pub use layout::{LayoutChange, LayoutItem, LayoutNews};
pub use library::{
    AlbumRow, CameraRow, Counts, FoundBy, HistoryEntry, LibraryQuery, LinkFormat, ModelsText, Named, PictureDetail,
    PictureEdit, PictureRow, Scope, SearchField, Sort, TagRow, TextField, Turned, Turns,
};
pub use links::{LinkEnd, LinkLife};
pub use place::{BucketAddress, KnownPlace, Place, PlaceKind, PlaceNeeds};
pub use rebuild::{BucketLibrary, DamagedSegment, RebuildProgress, RebuildReport, RebuildStage};
pub use settings::{AiSettings, AiSettingsChange, ModelPrice, PriceChange, Settings, SettingsChange, Theme, TileSize};
pub use state::{AccountForm, AppState, BucketForm, Connection, Notice, NoticeKind, RegisterForm, SecretsState};
pub use trash::{Trash, TrashPlan};
pub use uploads::{
    UploadFailure, UploadList, UploadMove, UploadRow, UploadStatus, UploadSummary, UploadsCancelled, UploadsChange,
    UploadsPage, UploadsSnapshot,
};
