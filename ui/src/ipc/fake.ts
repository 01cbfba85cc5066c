/**
 * A stand-in for the engine that keeps everything in memory: for component tests and for `npm run dev` in a browser.
 * It answers like the real one, takes its time like a network when asked to, and fails on demand.
 */
import { FakeAccount } from './fake-account';
import { makePicture, type FakePicture } from './fake-pictures';
import { Drawn } from './fake-drawn';
import { FakeCare } from './fake-care';
import { FakeDuplicates } from './fake-duplicates';
import { FakeDescriptions } from './fake-descriptions';
import { FakeAlbums } from './fake-albums';
import { editBy, linkText, packLayout, rowOf, select, cameraRows, tagRows } from './fake-library';
import { FakeNews } from './fake-news';
import { aiAfter, firstSettings, firstState, libraryOf, thisComputer, type FakeOptions } from './fake-start';
import { FakePlaces, accountPlace, bucketPlace, rebuilt } from './fake-places';
import { FakeTrash } from './fake-trash';
import { FakeUploads } from './fake-uploads';
import { Listeners } from './fake-listeners';
import type {
  AccountForm,
  AiSettingsChange,
  AlbumRow,
  AppState,
  AuditProgress,
  BucketForm,
  BucketLibrary,
  DescribeProgress,
  DoctorStep,
  DropEvent,
  EngineError,
  ErrorKind,
  Ipc,
  LibraryQuery,
  LinkFormat,
  LinkLife,
  LinkText,
  Notice,
  PictureDetail,
  PictureEdit,
  PictureRow,
  Place,
  RebuildProgress,
  RebuildReport,
  RecoveryForm,
  RegisterForm,
  Settings,
  SettingsChange,
  Turned,
  Turns,
  UploadRow,
  UploadsChange,
  UploadFailure,
  UploadList,
  UploadMove,
  UploadsPage,
  UploadSummary,
} from './index';

export type { FakeOptions } from './fake-start';

/** An error as the engine gives it. */
export function engineError(code: ErrorKind, message: string): EngineError {
  return { code, message };
}

export class FakeIpc extends FakeDuplicates implements Ipc {
  readonly pictures = new Map<number, FakePicture>();
  state: AppState;
  current: Settings;
  private readonly queue: FakeUploads;
  /** What the bucket in use holds. */
  libraries: BucketLibrary[] = [];
  /** Pictures of the next rebuild whose bytes nobody has compared. */
  notProven = 0;
  readonly account = new FakeAccount();
  /** The places that were chosen once. */
  readonly known = new FakePlaces();
  /** The doctor, the check of all pictures, and local copies. */
  readonly care: FakeCare;
  readonly bin: FakeTrash;
  private readonly told = new FakeNews(
    () => [...this.pictures.values()],
    () => this.groups.duplicates.length,
  );
  readonly shelf = new FakeAlbums(() => this.pictures.values());
  /** What was put on the clipboard last. */
  clipboard = '';

  private readonly stateListeners = new Listeners<AppState>();
  private readonly libraryListeners = new Listeners<void>();
  private readonly settingsListeners = new Listeners<Settings>();
  private readonly noticeListeners = new Listeners<Notice>();
  private readonly leavingListeners = new Listeners<void>();
  private readonly dropListeners = new Listeners<DropEvent>();
  /** The queue of descriptions. */
  readonly descriptions: FakeDescriptions;
  private nextPicture: number;

  constructor(options: FakeOptions = {}) {
    super(options.delay ?? 0);
    const count = options.pictures ?? 400;
    for (let age = 0; age < count; age++) this.pictures.set(count - age, makePicture(count - age, age));
    this.nextPicture = count + 1;
    this.queue = new FakeUploads(this.delay > 0, (name) => {
      const picture = makePicture(this.nextPicture++, 0);
      picture.name = name;
      this.pictures.set(picture.id, picture);
      this.libraryListeners.emit();
      return picture.id;
    });
    this.descriptions = new FakeDescriptions(this.delay > 0, this.pictures, () => this.libraryListeners.emit());
    this.care = new FakeCare(this.delay, () => [...this.pictures.values()]);
    this.bin = new FakeTrash(() => this.pictures.values());
    this.state = firstState(options);
    if (this.state.place) this.known.remember(this.state.place);
    this.current = firstSettings(options);
  }

  notice(notice: Notice): void {
    this.noticeListeners.emit(notice);
  }

  /** Somebody closes the window. */
  closing(): void {
    this.leavingListeners.emit();
  }

  drop(event: DropEvent): void {
    this.dropListeners.emit(event);
  }

  setState(change: Partial<AppState>): AppState {
    const library = 'place' in change ? libraryOf(change.place) : this.state.library;
    this.state = { ...this.state, library, ...change };
    this.stateListeners.emit(this.state);
    return this.state;
  }

  libraryChanged(): void {
    this.libraryListeners.emit();
  }

  get uploads(): UploadRow[] {
    return this.queue.rows;
  }

  /** Puts rows into the queue as they are, or changes them. */
  setUploads(rows: UploadRow[], summary: Partial<UploadSummary> = {}): void {
    this.queue.set(rows, summary);
  }

  private get(id: number): FakePicture {
    const picture = this.pictures.get(id);
    if (!picture) throw engineError('not_found', 'This picture is no longer in the library.');
    return picture;
  }

  private place(place: Place): AppState {
    this.known.remember(place);
    this.known.lacking.delete(place.id);
    return this.setState({ place, connection: { status: 'online' } });
  }

  places = () =>
    this.answer('places', [], () =>
      this.known.list(this.state.place, this.select({ text: '', scope: 'all', sort: 'newest' }).length),
    );
  usePlace = (id: string) =>
    this.answer('usePlace', [id], () => {
      const opened = this.known.open(id);
      if (!opened) throw engineError('not_found', 'No known place is called that. Nothing was changed.');
      return this.setState(opened);
    });
  forgetPlace = (id: string) =>
    this.answer('forgetPlace', [id], () => {
      this.known.forget(id);
      return this.setState(this.state.place?.id === id ? { place: null } : {});
    });

  appState = () => this.answer('appState', [], () => this.state);
  chooseThisComputer = () => this.answer('chooseThisComputer', [], () => this.place(thisComputer));
  testBucket = (form: BucketForm, onstep: (step: DoctorStep) => void) =>
    this.answer('testBucket', [form], () => this.care.tryBucket(form, onstep));
  chooseBucket = (form: BucketForm) => this.answer('chooseBucket', [form], () => this.place(bucketPlace(form)));
  bucketLibraries = () => this.answer('bucketLibraries', [], () => this.libraries);
  rebuildLibrary = (library: string, listener: (progress: RebuildProgress) => void) =>
    this.answer('rebuildLibrary', [library], () => this.rebuild(library, listener));
  signIn = (form: AccountForm) =>
    this.answer('signIn', [form], () => {
      this.account.enter(form.code);
      this.account.password = form.password;
      return this.enter(form.service, form.username);
    });
  register = (form: RegisterForm) =>
    this.answer('register', [form], () => {
      this.account.invite(form.invitation);
      this.account.password = form.password;
      return this.enter(form.service, form.username);
    });
  signOut = () => this.answer('signOut', [], () => this.setState({ place: null }));
  unlock = (passphrase: string) =>
    this.answer('unlock', [passphrase], () => this.setState({ secrets: { kind: 'passphrase' } }));

  private get username(): string {
    return this.state.place?.username ?? 'anna';
  }

  accountSecurity = () => this.answer('accountSecurity', [], () => this.account.security(this.username));
  signOutDevice = (id: string) =>
    this.answer('signOutDevice', [id], () => this.account.keepOnly((device) => device !== id));
  signOutOthers = () => this.answer('signOutOthers', [], () => this.account.keepOnly((_, current) => current));
  changePassword = (current: string, fresh: string) =>
    this.answer('changePassword', [current, fresh], () => {
      this.account.check(current);
      this.account.password = fresh;
      this.account.keepOnly((_, own) => own);
    });
  changeEmail = (email: string, password: string) =>
    this.answer('changeEmail', [email, password], () => this.account.changeEmail(email, password));
  removeAccount = (password: string, code?: string) =>
    this.answer('removeAccount', [password, code], () => {
      this.account.check(password);
      this.account.enter(code);
      return this.setState({ place: null });
    });
  registration = (service: string) => this.answer('registration', [service], () => this.account.registration);
  beginTwoFactor = (password: string) =>
    this.answer('beginTwoFactor', [password], () => {
      this.account.check(password);
      return this.account.setup(this.username);
    });
  confirmTwoFactor = (code: string) => this.answer('confirmTwoFactor', [code], () => this.account.confirm(code));
  endTwoFactor = (password: string) =>
    this.answer('endTwoFactor', [password], () => {
      this.account.check(password);
      this.account.twoFactor = false;
    });
  newRecoveryCodes = (password: string) =>
    this.answer('newRecoveryCodes', [password], () => {
      this.account.check(password);
      return this.account.codes();
    });
  recoverAccount = (form: RecoveryForm) => this.answer('recoverAccount', [form], () => undefined);
  requestRecoveryMail = (service: string, account: string) =>
    this.answer(
      'requestRecoveryMail',
      [service, account],
      () => 'If there is such an account, a mail with a link is on its way to its address.',
    );

  /** As somebody who is signed in to an account. */
  enter(service: string, username: string): AppState {
    return this.place(accountPlace({ service, username }));
  }

  private rebuild(id: string, listener: (progress: RebuildProgress) => void): RebuildReport {
    const found = this.libraries.find((library) => library.id === id);
    if (!found) throw engineError('not_found', 'There is no library in this bucket. Nothing was changed.');
    const total = found.pictures;
    listener({ stage: 'listing', done: total, total: 0 });
    listener({ stage: 'pictures', done: total, total });
    this.libraries = this.libraries.map((library) => ({ ...library, open: library.id === id }));
    this.libraryListeners.emit();
    return rebuilt(id, total, this.notProven);
  }

  libraryNews = (query: LibraryQuery, since: number) =>
    this.answer('libraryNews', [query, since], () => this.told.news(this.select(query), since));
  libraryLayout = (query: LibraryQuery) => this.answer('libraryLayout', [query], () => packLayout(this.select(query)));

  private select(query: LibraryQuery): FakePicture[] {
    return select(this.pictures.values(), query);
  }

  libraryRows = (ids: number[], text: string) =>
    this.answer('libraryRows', [ids, text], () =>
      ids.flatMap((id): PictureRow[] => {
        const p = this.pictures.get(id);
        return p ? [rowOf(p, text, this.bin.removedAt(p.deleted_at))] : [];
      }),
    );

  picture = (id: number) => this.answer('picture', [id], (): PictureDetail => this.detail(id));
  fetchPreview = (id: number) =>
    this.answer('fetchPreview', [id], () => {
      const { can_preview, format_label } = this.get(id);
      const why = `${format_label} pictures can’t be shown here yet. Download it to open it.`;
      if (!can_preview) throw engineError('not_found', why);
    });

  private detail(id: number): PictureDetail {
    const picture = this.get(id);
    return { ...picture, removed_at: this.bin.removedAt(picture.deleted_at) };
  }

  private change(ids: number[], work: (picture: FakePicture) => void): void {
    for (const id of ids) {
      const picture = this.pictures.get(id);
      if (picture) work(picture);
    }
    this.libraryListeners.emit();
  }

  editPicture = (id: number, edit: PictureEdit) =>
    this.answer('editPicture', [id, edit], () => {
      this.change([id], (picture) => editBy(picture, edit));
      return { ...this.get(id) };
    });
  editPictures = (ids: number[], edit: PictureEdit) =>
    this.answer('editPictures', [ids, edit], () => this.change(ids, (picture) => editBy(picture, edit)));

  albums = () => this.answer('albums', [], () => this.shelf.rows());
  createAlbum = (name: string, ids?: number[]) =>
    this.answer('createAlbum', ids ? [name, ids] : [name], () => {
      const made = this.shelf.create(name);
      return ids ? this.inAlbum(made.id, () => this.shelf.add(made.id, ids)) : made;
    });
  renameAlbum = (album: string, name: string) =>
    this.answer('renameAlbum', [album, name], () => this.inAlbum(album, () => this.shelf.rename(album, name)));
  setAlbumCover = (album: string, id: number | null) =>
    this.answer('setAlbumCover', [album, id], () => this.inAlbum(album, () => this.shelf.setCover(album, id)));
  removeAlbum = (album: string) =>
    this.answer('removeAlbum', [album], () => {
      const row = this.inAlbum(album, () => this.shelf.remove(album));
      this.turns = { undo: `Album “${row.name}” deleted`, redo: null };
      return row;
    });
  addToAlbum = (album: string, ids: number[]) =>
    this.answer('addToAlbum', [album, ids], () => this.inAlbum(album, () => this.shelf.add(album, ids)));
  removeFromAlbum = (album: string, ids: number[]) =>
    this.answer('removeFromAlbum', [album, ids], () => this.inAlbum(album, () => this.shelf.takeOut(album, ids)));

  /** Does something to an album, tells of it, and gives the album as it is then, or was. */
  private inAlbum(album: string, work: () => void): AlbumRow {
    const before = this.shelf.row(album);
    work();
    this.libraryListeners.emit();
    return this.shelf.has(album) ? this.shelf.row(album) : before;
  }

  cameras = () => this.answer('cameras', [], () => cameraRows(this.pictures.values()));
  tags = () => this.answer('tags', [], () => tagRows(this.pictures.values()));

  /** What `editTurns` says. */
  turns: Turns = { undo: null, redo: null };
  editTurns = () => this.answer('editTurns', [], () => this.turns);
  undo = () => this.answer('undo', [], () => this.turn(this.turns.undo, (title) => ({ undo: null, redo: title })));
  redo = () => this.answer('redo', [], () => this.turn(this.turns.redo, (title) => ({ undo: title, redo: null })));

  private turn(title: string | null, next: (title: string) => Turns): Turned {
    if (title === null) throw engineError('not_found', 'There is nothing to undo.');
    this.turns = next(title);
    if (this.shelf.bringBack(title)) this.libraryListeners.emit();
    return { title, pictures: 1, left: 0, done: true };
  }

  deletePictures = (ids: number[]) => this.answer('deletePictures', [ids], () => this.trashed(ids));
  restorePictures = (ids: number[]) =>
    this.answer('restorePictures', [ids], () => this.change(ids, (picture) => (picture.deleted_at = null)));
  protected trashed = (ids: number[]) => this.change(ids, (picture) => (picture.deleted_at = new Date().toISOString()));
  replaceDamaged = (damaged: number, whole: number) =>
    this.answer('replaceDamaged', [damaged, whole], () => {
      this.trashed([damaged]);
      this.turns = { undo: 'A damaged picture replaced', redo: null };
    });
  deleteForever = (ids: number[]) =>
    this.answer('deleteForever', [ids], () => this.change(ids, (picture) => this.pictures.delete(picture.id)));

  trash = () => this.answer('trash', [], () => this.bin.info());
  trashPlan = (days: number | null) => this.answer('trashPlan', [days], () => this.bin.plan(days));
  keepTrash = (days: number | null) =>
    this.answer('keepTrash', [days], () => {
      const trash = this.bin.keep(days);
      this.libraryListeners.emit();
      return trash;
    });

  pickAndUpload = (folder: boolean, album?: string) =>
    this.answer('pickAndUpload', [folder, album], () => {
      this.queue.add(folder ? ['/home/anna/Pictures/Lofoten/DSC_4127.jpg'] : ['/home/anna/Pictures/DSC_4127.jpg']);
      return 1;
    });
  uploadPaths = (paths: string[], album?: string) =>
    this.answer('uploadPaths', [paths, album], () => this.queue.add(paths).length);
  uploadClipboard = (album?: string) =>
    this.answer('uploadClipboard', [album], () => this.queue.add(['clipboard/Pasted picture.png']).length);

  watchUploads = (listener: (change: UploadsChange) => void) =>
    this.answer('watchUploads', [], (): UploadSummary => this.queue.watch(listener));
  uploadsPage = (list: UploadList, offset: number, limit: number) =>
    this.answer('uploadsPage', [list, offset, limit], (): UploadsPage => this.queue.page(list, offset, limit));
  uploadFailures = () => this.answer('uploadFailures', [], (): UploadFailure[] => this.queue.failures());
  holdUploads = (ids: number[]) => this.answer('holdUploads', [ids], () => this.queue.hold(ids, true));
  unholdUploads = (ids: number[]) => this.answer('unholdUploads', [ids], () => this.queue.hold(ids, false));
  moveUploads = (ids: number[], to: UploadMove) =>
    this.answer('moveUploads', [ids, to], () => this.queue.move(ids, to));
  retryUploadGroup = (code: string, reason: string | null) =>
    this.answer('retryUploadGroup', [code, reason], () =>
      this.queue.retry((row) => this.queue.isIn(row, code, reason)),
    );
  pauseUploads = () => this.answer('pauseUploads', [], () => this.queue.pause(true));
  resumeUploads = () => this.answer('resumeUploads', [], () => this.queue.pause(false));
  resumeHeldUploads = () => this.answer('resumeHeldUploads', [], () => this.queue.resumeHeld());
  tryConnection = () => this.answer('tryConnection', [], () => undefined);
  cancelUpload = (id: number) => this.answer('cancelUpload', [id], () => this.queue.cancel((row) => row.id === id));
  cancelUploads = () => this.answer('cancelUploads', [], () => this.queue.cancelAll());
  uncancelUploads = (number: number) => this.answer('uncancelUploads', [number], () => this.queue.uncancel());
  retryCancelledUploads = () => this.answer('retryCancelledUploads', [], () => this.queue.retryCancelled());
  retryUpload = (id: number) => this.answer('retryUpload', [id], () => this.queue.retry((row) => row.id === id));
  retryFailedUploads = () => this.answer('retryFailedUploads', [], () => this.queue.retry(() => true));
  clearFinishedUploads = () => this.answer('clearFinishedUploads', [], () => this.queue.clear());

  /** How long links live: as on this computer. */
  linkLife: LinkLife = { lives: 'while_open', until: null, only_here: true, works_now: true };

  private linkTexts(ids: number[], format: LinkFormat = this.current.link_format): LinkText[] {
    return ids.map((id) => linkText(this.get(id), format, this.linkLife));
  }

  links = (ids: number[], format?: LinkFormat) =>
    this.answer('links', [ids, format], () => this.linkTexts(ids, format));
  copyLinks = (ids: number[], format?: LinkFormat) =>
    this.answer('copyLinks', [ids, format], () => {
      const texts = this.linkTexts(ids, format);
      this.clipboard = texts.map((link) => link.text).join('\n');
      return texts;
    });
  copyText = (text: string) => this.answer('copyText', [text], () => void (this.clipboard = text));
  downloadPictures = (ids: number[]) => this.answer('downloadPictures', [ids], () => ids.length);

  doctor = (onstep: (step: DoctorStep) => void) => this.answer('doctor', [], () => this.care.doctor(onstep));
  verifyPictures = (ids: number[], deep: boolean) =>
    this.answer('verifyPictures', [ids, deep], () => {
      const checked = ids.map((id) => this.care.check(this.get(id), deep));
      this.libraryListeners.emit();
      return checked;
    });
  startAudit = (deep: boolean, restart: boolean) =>
    this.answer('startAudit', [deep, restart], () => this.care.start(deep, restart));
  cancelAudit = () => this.answer('cancelAudit', [], () => this.care.cancel());
  watchAudit = (listener: (progress: AuditProgress) => void) =>
    this.answer('watchAudit', [], () => this.care.watch(listener));
  auditProblems = () => this.answer('auditProblems', [], () => this.care.problems());
  repairPicture = (id: number) =>
    this.answer('repairPicture', [id], () => {
      const picture = this.get(id);
      this.change([id], () => Object.assign(picture, { fault: null, last_check: null, local_copy: null }));
      return this.queue.add([`/home/anna/Pictures/${picture.name}`]);
    });
  freeLocalCopies = (act: boolean, paths?: string[]) =>
    this.answer('freeLocalCopies', [act, paths], () => this.care.free(act));

  describePictures = (ids: number[], prompt?: string) =>
    this.answer('describePictures', [ids, prompt], () => this.descriptions.want(ids));
  estimateDescriptions = (ids: number[], prompt?: string) =>
    this.answer('estimateDescriptions', [ids, prompt], () => this.descriptions.estimate(ids, this.current.ai));
  descriptionUsage = () => this.answer('descriptionUsage', [], () => this.descriptions.usage);
  cancelDescriptions = (ids?: number[]) =>
    this.answer('cancelDescriptions', ids ? [ids] : [], () => this.descriptions.cancel(ids));
  uncancelDescriptions = (number: number) =>
    this.answer('uncancelDescriptions', [number], () => this.descriptions.again('cancelled'));
  pauseDescriptions = () => this.answer('pauseDescriptions', [], () => this.descriptions.pause(true));
  resumeDescriptions = () => this.answer('resumeDescriptions', [], () => this.descriptions.pause(false));
  retryDescriptions = (cancelled: boolean) =>
    this.answer('retryDescriptions', [cancelled], () => this.descriptions.again(cancelled ? 'cancelled' : 'failed'));
  clearDescriptions = () => this.answer('clearDescriptions', [], () => this.descriptions.clear());
  watchDescriptions = (listener: (progress: DescribeProgress) => void) =>
    this.answer('watchDescriptions', [], () => this.descriptions.watch(listener));

  settings = () => this.answer('settings', [], () => this.current);
  changeSettings = (change: SettingsChange) =>
    this.answer('changeSettings', [change], () => {
      this.current = { ...this.current, ...change };
      // 0 is no limit.
      if (change.upload_limit === 0) this.current.upload_limit = null;
      this.settingsListeners.emit(this.current);
      return this.current;
    });
  changeAi = (change: AiSettingsChange) =>
    this.answer('changeAi', [change], () => {
      const ai = aiAfter(this.current.ai, change);
      this.current = { ...this.current, ai };
      this.setState({ can_describe: ai.has_key });
      this.settingsListeners.emit(this.current);
      return this.current;
    });
  revealDataDir = () => this.answer('revealDataDir', [], () => undefined);
  leave = (stay: boolean) => this.answer('leave', [stay], () => undefined);

  onStateChanged = (listener: (state: AppState) => void) => this.stateListeners.add(listener);
  onLibraryChanged = (listener: () => void) => this.libraryListeners.add(listener);
  onSettingsChanged = (listener: (settings: Settings) => void) => this.settingsListeners.add(listener);
  watchNotices = (listener: (notice: Notice) => void) =>
    this.answer('watchNotices', [], async () => {
      await this.noticeListeners.add(listener);
    });
  onLeaving = (listener: () => void) => this.leavingListeners.add(listener);
  onDrop = (listener: (event: DropEvent) => void) => this.dropListeners.add(listener);

  private readonly drawn = new Drawn((id) => this.get(id));
  thumbnailUrl = (_: string, id: number) => this.drawn.url(id, 512);
  previewUrl = (_: string, id: number) => this.drawn.url(id, 2400);
}
