/** The real door: Tauri commands, channels and events. */
import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type {
  AccountSecurity,
  AlbumRow,
  CameraRow,
  AppState,
  AuditProgress,
  BucketLibrary,
  CheckedPicture,
  DescribeProgress,
  DescriptionEstimate,
  DescriptionUse,
  DescriptionsCancelled,
  DoctorReport,
  DoctorStep,
  DropEvent,
  Duplicates,
  EmailChange,
  FreeReport,
  Ipc,
  KnownPlace,
  LinkText,
  Notice,
  PictureDetail,
  PictureRow,
  RebuildProgress,
  RebuildReport,
  Registration,
  Settings,
  TagRow,
  Trash,
  TrashPlan,
  Turned,
  Turns,
  TwoFactorSetup,
  UploadsCancelled,
  UploadsChange,
  UploadFailure,
  UploadsPage,
  UploadSummary,
} from './index';

/** Windows' and Android's webviews know no custom schemes, so Tauri serves them from a host of that name there. */
const thumbOrigin = /Windows|Android/.test(navigator.userAgent) ? 'http://thumb.localhost' : 'thumb://localhost';

/** Calls a command that gives nothing back. */
async function run(command: string, args?: Record<string, unknown>): Promise<void> {
  await invoke(command, args);
}

/** The library that is shown: what is done means its pictures, albums and uploads, by their local numbers. */
let shown = '';

/** For what a person does in the library that is shown. It is refused when another one is open by then. */
const here = {
  invoke: <T>(command: string, args?: Record<string, unknown>): Promise<T> =>
    invoke<T>(command, args, { headers: { 'x-library': shown } }),
  async run(command: string, args?: Record<string, unknown>): Promise<void> {
    await here.invoke(command, args);
  },
};

/** A binary answer comes as an ArrayBuffer, and as a plain list of numbers where the custom protocol is unavailable. */
function toBuffer(answer: ArrayBuffer | Uint8Array | number[]): ArrayBuffer {
  if (answer instanceof ArrayBuffer) return answer;
  return new Uint8Array(answer).buffer as ArrayBuffer;
}

export const tauriIpc: Ipc = {
  showing: (library) => {
    shown = library;
  },
  appState: () => invoke<AppState>('app_state'),
  chooseThisComputer: () => invoke<AppState>('choose_this_computer'),
  places: () => invoke<KnownPlace[]>('places'),
  usePlace: (id) => invoke<AppState>('use_place', { id }),
  forgetPlace: (id) => invoke<AppState>('forget_place', { id }),
  testBucket(form, onstep) {
    const channel = new Channel<DoctorStep>();
    channel.onmessage = onstep;
    return invoke<DoctorReport>('test_bucket', { form, channel });
  },
  chooseBucket: (form) => invoke<AppState>('choose_bucket', { form }),
  bucketLibraries: () => invoke<BucketLibrary[]>('bucket_libraries'),
  rebuildLibrary(library, listener) {
    const channel = new Channel<RebuildProgress>();
    channel.onmessage = listener;
    return invoke<RebuildReport>('rebuild_library', { library, channel });
  },
  signIn: (form) => invoke<AppState>('sign_in', { form }),
  register: (form) => invoke<AppState>('register', { form }),
  signOut: () => invoke<AppState>('sign_out'),
  unlock: (passphrase) => invoke<AppState>('unlock', { passphrase }),

  accountSecurity: () => invoke<AccountSecurity>('account_security'),
  signOutDevice: (id) => run('sign_out_device', { id }),
  signOutOthers: () => run('sign_out_others'),
  changePassword: (current, fresh) => run('change_password', { current, new: fresh }),
  changeEmail: (email, password) => invoke<EmailChange>('change_email', { email, password }),
  removeAccount: (password, code) => invoke<AppState>('remove_account', { password, code: code ?? null }),
  registration: (service) => invoke<Registration>('registration', { service }),
  beginTwoFactor: (password) => invoke<TwoFactorSetup>('begin_two_factor', { password }),
  confirmTwoFactor: (code) => invoke<string[]>('confirm_two_factor', { code }),
  endTwoFactor: (password) => run('end_two_factor', { password }),
  newRecoveryCodes: (password) => invoke<string[]>('new_recovery_codes', { password }),
  recoverAccount: (form) => run('recover_account', { form }),
  requestRecoveryMail: (service, account) => invoke<string>('request_recovery_mail', { service, account }),

  libraryNews: async (query, since) => toBuffer(await invoke<ArrayBuffer>('library_news', { query, since })),
  libraryLayout: async (query) => toBuffer(await invoke<ArrayBuffer>('library_layout', { query })),
  libraryRows: (ids, text) => invoke<PictureRow[]>('library_rows', { ids, text }),
  picture: (id) => invoke<PictureDetail>('picture', { id }),
  fetchPreview: (id) => run('fetch_preview', { id }),

  editPicture: (id, edit) => here.invoke<PictureDetail>('edit_picture', { id, edit }),
  editPictures: (ids, edit) => here.run('edit_pictures', { ids, edit }),
  deletePictures: (ids) => here.run('delete_pictures', { ids }),
  restorePictures: (ids) => here.run('restore_pictures', { ids }),
  replaceDamaged: (damaged, whole) => here.run('replace_damaged', { damaged, whole }),
  deleteForever: (ids) => here.run('delete_forever', { ids }),

  duplicates: (kind, limit) => invoke<Duplicates>('duplicates', { kind, limit }),
  keepDuplicates: (keep, others) => here.invoke<number[]>('keep_duplicates', { keep, others }),
  decideDuplicates: (ids, same) => here.run('decide_duplicates', { ids, same }),

  albums: () => invoke<AlbumRow[]>('albums'),
  createAlbum: (name, ids = []) => here.invoke<AlbumRow>('create_album', { name, ids }),
  renameAlbum: (album, name) => here.invoke<AlbumRow>('rename_album', { album, name }),
  setAlbumCover: (album, id) => here.invoke<AlbumRow>('set_album_cover', { album, id }),
  removeAlbum: (album) => here.invoke<AlbumRow>('remove_album', { album }),
  addToAlbum: (album, ids) => here.invoke<AlbumRow>('add_to_album', { album, ids }),
  removeFromAlbum: (album, ids) => here.invoke<AlbumRow>('remove_from_album', { album, ids }),

  cameras: () => invoke<CameraRow[]>('cameras'),
  tags: () => invoke<TagRow[]>('tags'),

  editTurns: () => invoke<Turns>('edit_turns'),
  undo: () => here.invoke<Turned>('undo'),
  redo: () => here.invoke<Turned>('redo'),

  trash: () => invoke<Trash>('trash'),
  trashPlan: (days) => invoke<TrashPlan>('trash_plan', { days }),
  keepTrash: (days) => here.invoke<Trash>('keep_trash', { days }),

  pickAndUpload: (folder, album) => here.invoke<number>('pick_and_upload', { folder, album }),
  uploadPaths: (paths, album) => here.invoke<number>('upload_paths', { paths, album }),
  uploadClipboard: (album) => here.invoke<number>('upload_clipboard', { album }),
  watchUploads(listener) {
    const channel = new Channel<UploadsChange>();
    channel.onmessage = listener;
    return invoke<UploadSummary>('watch_uploads', { channel });
  },
  uploadsPage: (list, offset, limit) => invoke<UploadsPage>('uploads_page', { list, offset, limit }),
  uploadFailures: () => invoke<UploadFailure[]>('upload_failures'),
  holdUploads: (ids) => here.run('hold_uploads', { ids }),
  unholdUploads: (ids) => here.run('unhold_uploads', { ids }),
  moveUploads: (ids, to) => here.run('move_uploads', { ids, to }),
  retryUploadGroup: (code, reason) => here.run('retry_upload_group', { code, reason }),
  pauseUploads: () => run('pause_uploads'),
  resumeUploads: () => run('resume_uploads'),
  resumeHeldUploads: () => run('resume_held_uploads'),
  tryConnection: () => run('try_connection'),
  cancelUpload: (id) => here.run('cancel_upload', { id }),
  cancelUploads: () => here.invoke<UploadsCancelled>('cancel_uploads'),
  uncancelUploads: (number) => here.run('uncancel_uploads', { number }),
  retryUpload: (id) => here.run('retry_upload', { id }),
  retryFailedUploads: () => here.run('retry_failed_uploads'),
  retryCancelledUploads: () => here.run('retry_cancelled_uploads'),
  clearFinishedUploads: () => here.run('clear_finished_uploads'),

  links: (ids, format) => here.invoke<LinkText[]>('links', { ids, format }),
  copyLinks: (ids, format) => here.invoke<LinkText[]>('copy_links', { ids, format }),
  copyText: (text) => run('copy_text', { text }),
  downloadPictures: (ids) => here.invoke<number | null>('download_pictures', { ids }),

  doctor(onstep) {
    const channel = new Channel<DoctorStep>();
    channel.onmessage = onstep;
    return invoke<DoctorReport>('doctor', { channel });
  },
  verifyPictures: (ids, deep) => here.invoke<CheckedPicture[]>('verify_pictures', { ids, deep }),
  startAudit: (deep, restart) => run('start_audit', { deep, restart }),
  cancelAudit: () => run('cancel_audit'),
  watchAudit(listener) {
    const channel = new Channel<AuditProgress>();
    channel.onmessage = listener;
    return invoke<AuditProgress>('watch_audit', { channel });
  },
  auditProblems: () => invoke<CheckedPicture[]>('audit_problems'),
  repairPicture: (id) => here.invoke<number[]>('repair_picture', { id }),
  freeLocalCopies: (act, paths) => here.invoke<FreeReport>('free_local_copies', { act, paths }),

  describePictures: (ids, prompt) => here.run('describe_pictures', { ids, prompt }),
  estimateDescriptions: (ids, prompt) => here.invoke<DescriptionEstimate>('estimate_descriptions', { ids, prompt }),
  descriptionUsage: () => here.invoke<DescriptionUse[]>('description_usage'),
  cancelDescriptions: (ids) => here.invoke<DescriptionsCancelled>('cancel_descriptions', { ids }),
  uncancelDescriptions: (number) => here.run('uncancel_descriptions', { number }),
  pauseDescriptions: () => run('pause_descriptions'),
  resumeDescriptions: () => run('resume_descriptions'),
  retryDescriptions: (cancelled) => here.run('retry_descriptions', { cancelled }),
  clearDescriptions: () => here.run('clear_descriptions'),
  watchDescriptions(listener) {
    const channel = new Channel<DescribeProgress>();
    channel.onmessage = listener;
    return invoke<DescribeProgress>('watch_descriptions', { channel });
  },

  settings: () => invoke<Settings>('settings'),
  changeSettings: (change) => invoke<Settings>('change_settings', { change }),
  changeAi: (change) => invoke<Settings>('change_ai', { change }),
  leave: (stay) => run('leave', { stay }),
  revealDataDir: () => run('reveal_data_dir'),

  onStateChanged: (listener) => listen<AppState>('state-changed', (event) => listener(event.payload)),
  onLibraryChanged: (listener) => listen('library-changed', () => listener()),
  onSettingsChanged: (listener) => listen<Settings>('settings-changed', (event) => listener(event.payload)),
  watchNotices: (listener) => {
    const channel = new Channel<Notice>();
    channel.onmessage = listener;
    return run('watch_notices', { channel });
  },
  onLeaving: (listener) => listen('leaving', () => listener()),
  onDrop: (listener) =>
    getCurrentWebview().onDragDropEvent(({ payload }) => {
      const event: DropEvent | undefined =
        payload.type === 'enter' || payload.type === 'over'
          ? { kind: 'over' }
          : payload.type === 'leave'
            ? { kind: 'leave' }
            : payload.type === 'drop'
              ? { kind: 'drop', paths: payload.paths }
              : undefined;
      if (event) listener(event);
    }),

  thumbnailUrl: (library, id, sharp = false) => `${thumbOrigin}/t/${library}/${id}${sharp ? '?scale=2' : ''}`,
  previewUrl: (library, id, page = 0) => `${thumbOrigin}/p/${library}/${id}${page > 0 ? `?page=${page}` : ''}`,
};
