/**
 * The one door to the engine. Screens and stores know this interface only; `tauri.ts` is the real one, `fake.ts` a
 * stand-in with pictures it draws itself, for component tests and for working on the window in a browser.
 */
import type { AccountForm } from './gen/AccountForm';
import type { AccountSecurity } from './gen/AccountSecurity';
import type { AiSettingsChange } from './gen/AiSettingsChange';
import type { AlbumRow } from './gen/AlbumRow';
import type { CameraRow } from './gen/CameraRow';
import type { AppState } from './gen/AppState';
import type { AuditProgress } from './gen/AuditProgress';
import type { BucketForm } from './gen/BucketForm';
import type { BucketLibrary } from './gen/BucketLibrary';
import type { CheckedPicture } from './gen/CheckedPicture';
import type { DescribeProgress } from './gen/DescribeProgress';
import type { DescriptionEstimate } from './gen/DescriptionEstimate';
import type { DescriptionUse } from './gen/DescriptionUse';
import type { DescriptionsCancelled } from './gen/DescriptionsCancelled';
import type { DoctorReport } from './gen/DoctorReport';
import type { DoctorStep } from './gen/DoctorStep';
import type { Duplicates } from './gen/Duplicates';
import type { EmailChange } from './gen/EmailChange';
import type { FreeReport } from './gen/FreeReport';
import type { GroupKind } from './gen/GroupKind';
import type { KnownPlace } from './gen/KnownPlace';
import type { LibraryQuery } from './gen/LibraryQuery';
import type { LinkFormat } from './gen/LinkFormat';
import type { LinkLife } from './gen/LinkLife';
import type { Notice } from './gen/Notice';
import type { PictureDetail } from './gen/PictureDetail';
import type { PictureEdit } from './gen/PictureEdit';
import type { PictureRow } from './gen/PictureRow';
import type { RebuildProgress } from './gen/RebuildProgress';
import type { RebuildReport } from './gen/RebuildReport';
import type { RecoveryForm } from './gen/RecoveryForm';
import type { RegisterForm } from './gen/RegisterForm';
import type { Registration } from './gen/Registration';
import type { Settings } from './gen/Settings';
import type { SettingsChange } from './gen/SettingsChange';
import type { Trash } from './gen/Trash';
import type { TrashPlan } from './gen/TrashPlan';
import type { Turned } from './gen/Turned';
import type { Turns } from './gen/Turns';
import type { TwoFactorSetup } from './gen/TwoFactorSetup';
import type { UploadFailure } from './gen/UploadFailure';
import type { UploadList } from './gen/UploadList';
import type { UploadMove } from './gen/UploadMove';
import type { UploadsCancelled } from './gen/UploadsCancelled';
import type { UploadsChange } from './gen/UploadsChange';
import type { UploadsPage } from './gen/UploadsPage';
import type { UploadSummary } from './gen/UploadSummary';

export type * from './gen/AccountDevice';
export type * from './gen/AccountForm';
export type * from './gen/AccountSecurity';
export type * from './gen/AiSettings';
export type * from './gen/AiSettingsChange';
export type * from './gen/AlbumRow';
export type * from './gen/CameraRow';
export type * from './gen/AppState';
export type * from './gen/AuditProgress';
export type * from './gen/BucketAddress';
export type * from './gen/BucketForm';
export type * from './gen/BucketLibrary';
export type * from './gen/CheckOutcome';
export type * from './gen/CheckedPicture';
export type * from './gen/Connection';
export type * from './gen/Counts';
export type * from './gen/Crop';
export type * from './gen/DamagedSegment';
export type * from './gen/DateSource';
export type * from './gen/DescribeOutcome';
export type * from './gen/DescribeProgress';
export type * from './gen/DescriptionEstimate';
export type * from './gen/DescriptionStop';
export type * from './gen/DescriptionUse';
export type * from './gen/DescriptionWait';
export type * from './gen/DescriptionsCancelled';
export type * from './gen/Difference';
export type * from './gen/DoctorReport';
export type * from './gen/DoctorStep';
export type * from './gen/Duplicate';
export type * from './gen/DuplicateGroup';
export type * from './gen/Duplicates';
export type * from './gen/EmailChange';
export type * from './gen/EngineError';
export type * from './gen/ErrorKind';
export type * from './gen/Facts';
export type * from './gen/Film';
export type * from './gen/Fault';
export type * from './gen/FreeItem';
export type * from './gen/FreeReport';
export type * from './gen/FreeStatus';
export type * from './gen/GroupKind';
export type * from './gen/KnownPlace';
export type * from './gen/LastCheck';
export type * from './gen/LibraryQuery';
export type * from './gen/LinkEnd';
export type * from './gen/LinkFormat';
export type * from './gen/LinkLife';
export type * from './gen/ModelPrice';
export type * from './gen/ModelsText';
export type * from './gen/Notice';
export type * from './gen/NoticeKind';
export type * from './gen/FoundBy';
export type * from './gen/PictureDetail';
export type * from './gen/PictureEdit';
export type * from './gen/PictureRow';
export type * from './gen/Place';
export type * from './gen/PlaceKind';
export type * from './gen/PlaceNeeds';
export type * from './gen/PriceChange';
export type * from './gen/Proof';
export type * from './gen/RebuildProgress';
export type * from './gen/RebuildReport';
export type * from './gen/RebuildStage';
export type * from './gen/RecoveryForm';
export type * from './gen/RegisterForm';
export type * from './gen/Registration';
export type * from './gen/Scope';
export type * from './gen/SecretsState';
export type * from './gen/Settings';
export type * from './gen/SettingsChange';
export type * from './gen/SearchField';
export type * from './gen/Sort';
export type * from './gen/StepStatus';
export type * from './gen/TextField';
export type * from './gen/Theme';
export type * from './gen/TileSize';
export type * from './gen/Turned';
export type * from './gen/Turns';
export type * from './gen/TwoFactorSetup';
export type * from './gen/Trash';
export type * from './gen/TrashPlan';
export type * from './gen/UploadFailure';
export type * from './gen/UploadList';
export type * from './gen/UploadMove';
export type * from './gen/UploadRow';
export type * from './gen/UploadStatus';
export type * from './gen/UploadSummary';
export type * from './gen/UploadsCancelled';
export type * from './gen/UploadsChange';
export type * from './gen/UploadsPage';
export type * from './gen/Verdict';

/** The text of one picture's link, and how long it lives. */
export interface LinkText {
  id: number;
  text: string;
  life: LinkLife;
}

/** A tag, as it is spelled most often. */
export interface TagRow {
  tag: string;
  /** How many pictures have it, without those in the trash. */
  pictures: number;
  /** At how many of them only a model says so. */
  by_model: number;
}

/** What goes on while something is dragged over the window. */
export type DropEvent = { kind: 'over' } | { kind: 'leave' } | { kind: 'drop'; paths: string[] };

/** Takes a listener away again. */
export type Unlisten = () => void;

/** Everything the window can ask of the engine. A rejection is an `EngineError`. */
export interface Ipc {
  /** Says which library the window shows: what is done from now on is meant for it, and refused when another one is open. */
  showing(library: string): void;
  appState(): Promise<AppState>;
  chooseThisComputer(): Promise<AppState>;
  /** The places that were chosen once and not forgotten. */
  places(): Promise<KnownPlace[]>;
  /** Goes back to one of them, by its id. */
  usePlace(id: string): Promise<AppState>;
  /** Forgets a place and what opens it; never a picture. */
  forgetPlace(id: string): Promise<AppState>;
  /** Tries a bucket that has not been chosen; each step is told as it ends. */
  testBucket(form: BucketForm, onstep: (step: DoctorStep) => void): Promise<DoctorReport>;
  chooseBucket(form: BucketForm): Promise<AppState>;
  /** The libraries that the bucket in use holds. */
  bucketLibraries(): Promise<BucketLibrary[]>;
  /** Brings one of them back; doing it again goes on where it was broken off. */
  rebuildLibrary(library: string, listener: (progress: RebuildProgress) => void): Promise<RebuildReport>;
  signIn(form: AccountForm): Promise<AppState>;
  register(form: RegisterForm): Promise<AppState>;
  signOut(): Promise<AppState>;
  unlock(passphrase: string): Promise<AppState>;

  /** The account that the library lives in; there is one only when the place is an account. */
  accountSecurity(): Promise<AccountSecurity>;
  signOutDevice(id: string): Promise<void>;
  signOutOthers(): Promise<void>;
  changePassword(current: string, fresh: string): Promise<void>;
  /** Changes the address at once, or when the link is opened that the service sends there. */
  changeEmail(email: string, password: string): Promise<EmailChange>;
  /** Removes the account and all of it on the service, and leaves the place. Nothing is removed from this computer. */
  removeAccount(password: string, code?: string): Promise<AppState>;
  /** How people come by an account of a service. */
  registration(service: string): Promise<Registration>;
  beginTwoFactor(password: string): Promise<TwoFactorSetup>;
  /** The recovery codes, which are never shown again. */
  confirmTwoFactor(code: string): Promise<string[]>;
  endTwoFactor(password: string): Promise<void>;
  newRecoveryCodes(password: string): Promise<string[]>;
  recoverAccount(form: RecoveryForm): Promise<void>;
  /** What the service says to that. */
  requestRecoveryMail(service: string, account: string): Promise<string>;

  /** The layout's raw bytes; `layout/decode.ts` reads them. */
  libraryLayout(query: LibraryQuery): Promise<ArrayBuffer>;
  /**
   * The same as the difference to the layout of version `since`, or to an empty one, with the counts of the library: raw
   * bytes, too. There is one who asks: what is told is remembered.
   */
  libraryNews(query: LibraryQuery, since: number): Promise<ArrayBuffer>;
  /** `text` is what is searched: each row says why it was found. */
  libraryRows(ids: number[], text: string): Promise<PictureRow[]>;
  picture(id: number): Promise<PictureDetail>;
  /** Has on this computer what `previewUrl` shows. Rejects with why it can't be had. */
  fetchPreview(id: number): Promise<void>;

  /** Changes what is named, and gives the picture as it is then. */
  editPicture(id: number, edit: PictureEdit): Promise<PictureDetail>;
  editPictures(ids: number[], edit: PictureEdit): Promise<void>;
  deletePictures(ids: number[]): Promise<void>;
  restorePictures(ids: number[]): Promise<void>;
  /** Puts a whole picture in the place of a damaged one, which goes into the trash. One edit, to be undone. */
  replaceDamaged(damaged: number, whole: number): Promise<void>;
  deleteForever(ids: number[]): Promise<void>;

  /** Groups of pictures that show the same, or of one burst, the newest first. */
  duplicates(kind: GroupKind, limit: number): Promise<Duplicates>;
  /** Keeps some pictures, has them say what the others said, and moves those to the trash: one edit, to be undone. */
  keepDuplicates(keep: number[], others: number[]): Promise<number[]>;
  /** Says that pictures are the same, or that they aren't, however alike they look. */
  decideDuplicates(ids: number[], same: boolean): Promise<void>;

  albums(): Promise<AlbumRow[]>;
  /** Makes an album, with pictures in it: one thing to undo. */
  createAlbum(name: string, ids?: number[]): Promise<AlbumRow>;
  renameAlbum(album: string, name: string): Promise<AlbumRow>;
  /** Has a picture stand for an album; without one, the first in it does. */
  setAlbumCover(album: string, id: number | null): Promise<AlbumRow>;
  /** Its pictures stay in the library. */
  removeAlbum(album: string): Promise<AlbumRow>;
  addToAlbum(album: string, ids: number[]): Promise<AlbumRow>;
  removeFromAlbum(album: string, ids: number[]): Promise<AlbumRow>;

  /** The cameras that took pictures, by name. */
  cameras(): Promise<CameraRow[]>;
  /** All tags, by name. */
  tags(): Promise<TagRow[]>;

  /** What can be undone and done again next. */
  editTurns(): Promise<Turns>;
  undo(): Promise<Turned>;
  redo(): Promise<Turned>;

  /** How long the trash is kept, and what is in it. */
  trash(): Promise<Trash>;
  /** What another number of days would mean for what is in it; null for until the person empties it. */
  trashPlan(days: number | null): Promise<TrashPlan>;
  keepTrash(days: number | null): Promise<Trash>;

  /** Asks for files or a folder; the number picked, 0 when the person changed their mind. They go into the album, too. */
  pickAndUpload(folder: boolean, album?: string): Promise<number>;
  /** The number of files that were queued. They go into the album, too. */
  uploadPaths(paths: string[], album?: string): Promise<number>;
  uploadClipboard(album?: string): Promise<number>;
  /** Tells of changes from now on, and gives the queue as a whole; its rows are read by the page. */
  watchUploads(listener: (change: UploadsChange) => void): Promise<UploadSummary>;
  uploadsPage(list: UploadList, offset: number, limit: number): Promise<UploadsPage>;
  uploadFailures(): Promise<UploadFailure[]>;
  holdUploads(ids: number[]): Promise<void>;
  unholdUploads(ids: number[]): Promise<void>;
  moveUploads(ids: number[], to: UploadMove): Promise<void>;
  retryUploadGroup(code: string, reason: string | null): Promise<void>;
  pauseUploads(): Promise<void>;
  /** Lets the queue go on; files that were paused one by one stay paused. */
  resumeUploads(): Promise<void>;
  /** Lets those go on, too. */
  resumeHeldUploads(): Promise<void>;
  /** Tries the place that the library lives in at once; what comes of it is in the state. */
  tryConnection(): Promise<void>;
  cancelUpload(id: number): Promise<void>;
  /** What was cancelled, for `uncancelUploads` to take back. */
  cancelUploads(): Promise<UploadsCancelled>;
  uncancelUploads(number: number): Promise<void>;
  retryUpload(id: number): Promise<void>;
  retryFailedUploads(): Promise<void>;
  retryCancelledUploads(): Promise<void>;
  clearFinishedUploads(): Promise<void>;

  /** Link texts; without a format, in the form that the settings name. */
  links(ids: number[], format?: LinkFormat): Promise<LinkText[]>;
  /** The same, and puts them on the clipboard, one a line. */
  copyLinks(ids: number[], format?: LinkFormat): Promise<LinkText[]>;
  copyText(text: string): Promise<void>;
  /** Asks for a folder and saves there; the number saved, null when the person changed their mind. */
  downloadPictures(ids: number[]): Promise<number | null>;

  /** Tries everything that the chosen place needs; each step is told as it ends. */
  doctor(onstep: (step: DoctorStep) => void): Promise<DoctorReport>;
  /** Asks the store again about some pictures; `deep` reads their bytes. */
  verifyPictures(ids: number[], deep: boolean): Promise<CheckedPicture[]>;
  /** Starts the check of all pictures, or goes on with it; `restart` begins with the first. */
  startAudit(deep: boolean, restart: boolean): Promise<void>;
  cancelAudit(): Promise<void>;
  watchAudit(listener: (progress: AuditProgress) => void): Promise<AuditProgress>;
  auditProblems(): Promise<CheckedPicture[]>;
  /** Uploads a picture's local file again, which mends what the store has lost. */
  repairPicture(id: number): Promise<number[]>;
  /** Says which local files may go, or with `act` moves them to the system's trash; without paths, uploaded ones. */
  freeLocalCopies(act: boolean, paths?: string[]): Promise<FreeReport>;

  describePictures(ids: number[], prompt?: string): Promise<void>;
  /** What that will probably take; nothing is sent. */
  estimateDescriptions(ids: number[], prompt?: string): Promise<DescriptionEstimate>;
  /** What descriptions took, by month and model, the latest first. */
  descriptionUsage(): Promise<DescriptionUse[]>;
  /** Cancels all that wait, or those of some pictures; what was cancelled is for `uncancelDescriptions` to take back. */
  cancelDescriptions(ids?: number[]): Promise<DescriptionsCancelled>;
  uncancelDescriptions(number: number): Promise<void>;
  pauseDescriptions(): Promise<void>;
  /** Goes on after a pause, or after something had stopped the queue. */
  resumeDescriptions(): Promise<void>;
  /** Tries what failed again, and all that was not tried; or what was cancelled. */
  retryDescriptions(cancelled: boolean): Promise<void>;
  clearDescriptions(): Promise<void>;
  watchDescriptions(listener: (progress: DescribeProgress) => void): Promise<DescribeProgress>;

  settings(): Promise<Settings>;
  changeSettings(change: SettingsChange): Promise<Settings>;
  changeAi(change: AiSettingsChange): Promise<Settings>;
  revealDataDir(): Promise<void>;
  /** Leaves the app, now that everything that was typed is kept, or stays, because something is not. */
  leave(stay: boolean): Promise<void>;

  onStateChanged(listener: (state: AppState) => void): Promise<Unlisten>;
  onLibraryChanged(listener: () => void): Promise<Unlisten>;
  onSettingsChanged(listener: (settings: Settings) => void): Promise<Unlisten>;
  /** Tells what the person should hear of, beginning with what was said before anybody listened. */
  watchNotices(listener: (notice: Notice) => void): Promise<void>;
  /** The app is about to end: `leave` is waited for, not for long. */
  onLeaving(listener: () => void): Promise<Unlisten>;
  onDrop(listener: (event: DropEvent) => void): Promise<Unlisten>;

  /**
   * Address of the thumbnail of a picture in a library (`AppState.library`): its number is another one's elsewhere. A sharp
   * one is larger, where the picture's bytes are on this computer.
   */
  thumbnailUrl(library: string, id: number, sharp?: boolean): string;
  /** Address of a picture in full size, in a form that the window can show; of a page of it, counted from 0. */
  previewUrl(library: string, id: number, page?: number): string;
}

let current: Ipc | undefined;

/** Sets the door that `ipc()` gives; the window does this once at start, tests before each case. */
export function useIpc(implementation: Ipc): void {
  current = implementation;
}

/** The door to the engine. */
export function ipc(): Ipc {
  if (!current) throw new Error('useIpc() has not been called');
  return current;
}

/** Whether the page runs inside the app's window. */
export function insideWindow(): boolean {
  return '__TAURI_INTERNALS__' in window;
}
