//! What can be typed. Names clap and nothing of this project: manual pages and completions are made from it without building
//! the app.

mod care;
mod descriptions;
mod duplicates;
mod edits;
mod place;
mod search;
mod several;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use care::{Doctor, Free, Verify};
pub use descriptions::{Describe, Descriptions, DescriptionsAction};
pub use duplicates::{Duplicates, DuplicatesAction};
pub use edits::{Album, AlbumAction, Edit, Tags, TagsAction, YesNo};
pub use place::{Bucket, Choice, Login, Places, PlacesAction, Register, Use};
pub use search::{Search, SearchOrder, without_as_words};
pub use several::Several;

/// Pictures in storage of your own.
///
/// Without a command the window opens. Until you choose where your library lives, commands keep it on this computer.
#[derive(Parser)]
#[command(name = "image-manager", version, after_help = AFTER_HELP, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Pictures that the window uploads: that which is open, or one that opens
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print one JSON object a line
    #[arg(long, global = true)]
    pub json: bool,
}

const AFTER_HELP: &str = "Environment:
  IMAGE_MANAGER_DATA_DIR    the folder that holds everything the app keeps
  IMAGE_MANAGER_LANGUAGE    such as en: the language of messages, else the system’s (so far there is English)
  IMAGE_MANAGER_PASSPHRASE  opens secrets that are sealed with a passphrase, where there is no keychain

Exit status: 0 when all succeeded, 1 when something failed, 2 for wrong usage.";

#[derive(Subcommand)]
pub enum Command {
    /// Upload pictures, folders of pictures, or the addresses of pictures
    Upload(Upload),
    /// Show the upload queue, or change it, also that of an open window
    Uploads(Uploads),
    /// List the library
    List(List),
    /// Find pictures by words and filters
    Search(Search),
    /// Show everything that is known of a picture
    Show(One),
    /// Have pictures described
    Describe(Describe),
    /// Show the queue of descriptions, or change it, also that of an open window
    Descriptions(Descriptions),
    /// Save a picture's bytes, compared with its SHA-256
    Download(Download),
    /// Print links to pictures
    Link(Link),
    /// Change names, tags, descriptions and the like
    Edit(Edit),
    /// List the tags, or rename or merge them
    Tags(Tags),
    /// List, show or change albums
    Album(Album),
    /// Undo what was done last
    Undo,
    /// Do again what was undone last
    Redo,
    /// List what can be undone and done again
    History,
    /// Move pictures to the trash
    Delete(Delete),
    /// Take pictures out of the trash
    Restore(Several),
    /// Put a whole picture in the place of a damaged one
    ///
    /// Tags, albums, marks and words move over, and the damaged one goes into the trash. `undo` takes it back.
    Replace(Replace),
    /// List pictures that show the same, and keep the better ones
    ///
    /// One group after the other, the proposed picture of each first: that with more pixels, else of the original format, else
    /// compressed less, else taken earlier.
    Duplicates(Duplicates),
    /// Sign in to an account
    Login(Login),
    /// Make an account and sign in
    Register(Register),
    /// Sign out, or leave the bucket; what is stored stays
    Logout,
    /// Say where the library lives
    Whoami,
    /// Try everything that the library needs, and say what is wrong and how to mend it
    ///
    /// Without options the chosen place is examined: this computer, its store or your bucket, the account. With the
    /// options of a bucket, that bucket is, before you choose it. Nothing is left behind.
    Doctor(Doctor),
    /// Ask the store again whether it has every picture
    ///
    /// Goes on where an interrupted check of the same kind stopped. Exit status 1 when anything is missing, changed, or
    /// could not be asked about.
    Verify(Verify),
    /// Move local files to the system's trash that are proven to be in the store
    ///
    /// Each file is hashed anew, and the store is asked again right before. Nothing is ever deleted.
    Free(Free),
    /// Choose where the library lives: this computer, a bucket, or a place that was chosen before
    Use(Use),
    /// List the places that libraries live in, with their pictures, or forget one
    Places(Places),
    /// Bring a library back from what its bucket holds
    Rebuild(Rebuild),
    /// Show or change settings
    Settings(Settings),
}

#[derive(Args)]
pub struct Upload {
    /// Put the pictures into an album, which is made when there is none of that name
    #[arg(long, value_name = "A")]
    pub album: Option<String>,
    /// Have each picture described once it is verified
    #[arg(long)]
    pub describe: bool,
    /// Name of the picture that comes from standard input
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Files, folders, http(s) addresses, or `-` for a picture from standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

#[derive(Args)]
pub struct Uploads {
    #[command(subcommand)]
    pub action: Option<UploadsAction>,
}

#[derive(Subcommand)]
pub enum UploadsAction {
    /// List the queue (what is done without a command)
    List(UploadsList),
    /// Pause uploads: all, or some by their numbers
    Pause(Numbers),
    /// Go on: all but those that were paused one by one, or some
    Resume(ResumeUploads),
    /// Cancel uploads; what is in the library already stays there
    Cancel(NumbersOrAll),
    /// Try uploads again: all failed ones for which that can help, all cancelled ones, or some
    Retry(RetryUploads),
    /// Move uploads in the queue; they keep their order among themselves
    Move(MoveUploads),
    /// Take finished uploads off the list; the history keeps them
    Clear,
    /// Work on the queue, when no window does, until nothing is left to do
    Finish,
}

#[derive(Args)]
pub struct UploadsList {
    /// Only what failed
    #[arg(long, conflicts_with = "done")]
    pub failed: bool,
    /// Only what is done
    #[arg(long)]
    pub done: bool,
    /// All that ended, also what was taken off the list, the newest first
    #[arg(long, conflicts_with_all = ["failed", "done"])]
    pub history: bool,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

#[derive(Args)]
pub struct Numbers {
    /// Numbers from the list; without any, all
    #[arg(value_name = "NUMBER")]
    pub ids: Vec<u32>,
}

#[derive(Args)]
pub struct ResumeUploads {
    /// Those that were paused one by one
    #[arg(long, conflicts_with = "ids")]
    pub held: bool,
    /// Numbers from the list
    #[arg(value_name = "NUMBER")]
    pub ids: Vec<u32>,
}

#[derive(Args)]
pub struct RetryUploads {
    /// Those that were cancelled
    #[arg(long, conflicts_with = "ids")]
    pub cancelled: bool,
    /// Those that failed for this reason, or with this code (as the list has it)
    #[arg(long, value_name = "REASON", conflicts_with_all = ["cancelled", "ids"])]
    pub reason: Option<String>,
    /// Numbers from the list; without any, all that failed
    #[arg(value_name = "NUMBER")]
    pub ids: Vec<u32>,
}

#[derive(Args)]
pub struct NumbersOrAll {
    /// Numbers from the list
    #[arg(value_name = "NUMBER", required_unless_present = "all")]
    pub ids: Vec<u32>,
    /// Everything that isn't finished
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
}

#[derive(Args)]
pub struct MoveUploads {
    /// Numbers from the list
    #[arg(required = true, value_name = "NUMBER")]
    pub ids: Vec<u32>,
    #[command(flatten)]
    pub to: Target,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Target {
    /// Before all others
    #[arg(long)]
    pub first: bool,
    /// Behind all others
    #[arg(long)]
    pub last: bool,
    /// One place forward
    #[arg(long)]
    pub up: bool,
    /// One place back
    #[arg(long)]
    pub down: bool,
    /// Right before another one
    #[arg(long, value_name = "NUMBER")]
    pub before: Option<u32>,
    /// Right behind another one
    #[arg(long, value_name = "NUMBER")]
    pub after: Option<u32>,
}

#[derive(Args)]
pub struct List {
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// In which order: "newest", and for the trash "deleted", unless you say otherwise
    #[arg(long, value_enum)]
    pub sort: Option<Order>,
    /// Only favourites
    #[arg(long, conflicts_with = "trash")]
    pub favourites: bool,
    /// Only the trash
    #[arg(long)]
    pub trash: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Order {
    /// By the date taken, newest first
    Newest,
    /// By the date taken, oldest first
    Oldest,
    /// By the date added, newest first
    Added,
    /// By name
    Name,
    /// Largest first
    Size,
    /// By the date of deletion, oldest first; for the trash
    Deleted,
}

#[derive(Args)]
pub struct One {
    /// A picture's id, or the beginning of it, or of its SHA-256
    pub id: String,
}

#[derive(Args)]
pub struct Delete {
    /// Remove them for good, out of the trash or not: their bytes leave the store, and nothing brings them back
    #[arg(long)]
    pub forever: bool,
    #[command(flatten)]
    pub pictures: Several,
}

#[derive(Args)]
pub struct Replace {
    /// The damaged picture's id, or the beginning of it
    pub damaged: String,
    /// The whole picture's
    pub whole: String,
}

#[derive(Args)]
pub struct Download {
    /// A picture's id, or the beginning of it
    pub id: String,
    /// A file, which is replaced if it is there; a folder that gets it under its own name; or `-` for standard output
    #[arg(short, long, value_name = "PATH", default_value = ".")]
    pub output: PathBuf,
}

#[derive(Args)]
pub struct Link {
    /// The link's form; as the settings say when left out
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Pictures' ids, or the beginnings of them
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// The bare address
    Url,
    /// ![alt](url)
    Markdown,
    /// An img element
    Html,
    /// [img]url[/img]
    Bbcode,
}

#[derive(Args)]
pub struct Rebuild {
    /// From the bucket alone: its pictures and the journal beside them. Nothing of them is changed or removed
    #[arg(long, required = true)]
    pub from_bucket: bool,
    /// Then read back every picture whose bytes are not proven by that
    #[arg(long)]
    pub verify: bool,
    /// Which library, when the bucket holds several: its person's name or its identifier
    #[arg(long, value_name = "U")]
    pub user: Option<String>,
    /// The bucket's name; without it, the bucket that is in use
    #[arg(long, value_name = "B", requires_all = ["region", "key_id"])]
    pub bucket: Option<String>,
    /// The S3 endpoint; leave it out for AWS
    #[arg(long, value_name = "URL", requires = "bucket")]
    pub endpoint: Option<String>,
    /// The region, such as eu-central-1 or garage
    #[arg(long, value_name = "R", requires = "bucket")]
    pub region: Option<String>,
    /// The access key's identifier
    #[arg(long, value_name = "K", requires = "bucket", allow_hyphen_values = true)]
    pub key_id: Option<String>,
    /// Put the bucket into the path rather than the host name
    #[arg(long, requires = "bucket")]
    pub path_style: bool,
    /// Use a store that can't put large files together: those over 16 MiB are not sent there, and wait
    #[arg(long, requires = "bucket")]
    pub without_parts: bool,
    /// Read the secret key from standard input
    #[arg(long, requires = "bucket")]
    pub secret_stdin: bool,
}

impl Rebuild {
    /// The bucket that was named, as for `use bucket`.
    pub fn named(self) -> Option<Bucket> {
        Some(Bucket {
            endpoint: self.endpoint.unwrap_or_default(),
            region: self.region?,
            bucket: self.bucket?,
            key_id: self.key_id?,
            path_style: self.path_style,
            without_parts: self.without_parts,
            secret_stdin: self.secret_stdin,
        })
    }
}

#[derive(Args)]
pub struct Settings {
    #[command(subcommand)]
    pub change: Option<Change>,
}

#[derive(Subcommand)]
pub enum Change {
    /// Choose who describes pictures
    Ai(Ai),
    /// Choose what uploads may use of the network
    Uploads(UploadSettings),
    /// Choose how long the trash is kept, in a library on this computer or in your bucket
    Trash(TrashSettings),
}

#[derive(Args)]
pub struct TrashSettings {
    /// Days after which a picture in the trash is deleted for good, or "never". What is in it already gets all of these days
    #[arg(long, value_name = "N|never", value_parser = trash_days)]
    pub days: TrashDays,
    /// Don't ask, although pictures in the trash would be deleted for good
    #[arg(long)]
    pub yes: bool,
}

/// Days, or none for never.
#[derive(Clone, Copy)]
pub struct TrashDays(pub Option<u32>);

fn trash_days(text: &str) -> Result<TrashDays, String> {
    match text {
        "never" => Ok(TrashDays(None)),
        _ => text.parse().map(|days| TrashDays(Some(days))).map_err(|_| "a number of days, or never".to_owned()),
    }
}

#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct UploadSettings {
    /// The most that is sent, in kB (1,000 bytes) a second, or "off"
    #[arg(long, value_name = "KB", value_parser = limit)]
    pub limit: Option<u32>,
    /// Whether uploads wait while the connection is metered
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    pub wait_on_metered: Option<bool>,
}

fn limit(text: &str) -> Result<u32, String> {
    match text {
        "off" => Ok(0),
        _ => text.parse().map_err(|_| "a number of kB a second, or off".to_owned()),
    }
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("yes or no".to_owned()),
    }
}

#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct Ai {
    /// Ask for the API key on the terminal
    #[arg(long, conflicts_with_all = ["key_stdin", "remove_key"])]
    pub ask_key: bool,
    /// Read the API key from standard input
    #[arg(long, conflicts_with = "remove_key")]
    pub key_stdin: bool,
    /// Forget the API key
    #[arg(long)]
    pub remove_key: bool,
    /// The model's name; empty for the default
    #[arg(long)]
    pub model: Option<String>,
    /// Another OpenAI-compatible endpoint; empty for OpenAI
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// The most that a month's descriptions may cost, in US dollars; 0 for no limit
    #[arg(long, value_name = "USD", value_parser = descriptions::dollars)]
    pub monthly_cap: Option<f64>,
    /// What a model costs, in US dollars for a million tokens sent and received; without an amount, the usual price
    #[arg(long, value_name = "MODEL=IN,OUT", value_parser = price)]
    pub price: Option<Price>,
}

/// A model's price, in US dollars for a million tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// As it is asked for.
    pub model: String,
    /// Sent and received; none for the usual price.
    pub dollars: Option<(f64, f64)>,
}

fn price(text: &str) -> Result<Price, String> {
    let form = || "MODEL=IN,OUT, such as gpt-5-mini=0.25,2".to_owned();
    let (model, amounts) = text.rsplit_once('=').ok_or_else(form)?;
    let model = Some(model.trim().to_owned()).filter(|model| !model.is_empty()).ok_or_else(form)?;
    if amounts.trim().is_empty() {
        return Ok(Price { model, dollars: None });
    }
    let (input, output) = amounts.split_once(',').ok_or_else(form)?;
    Ok(Price { model, dollars: Some((descriptions::dollars(input)?, descriptions::dollars(output)?)) })
}
