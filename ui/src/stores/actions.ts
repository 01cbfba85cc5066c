/** What a person can do to pictures. Shows at once, and is taken back with an explanation when the engine refuses. */
import { m } from '@/paraglide/messages';
import { ipc, type AlbumRow, type LinkFormat } from '@/ipc';
import { number } from '@/text/format';
import { linkLife } from '@/text/links';
import { albums } from './albums.svelte';
import { app } from './app.svelte';
import { descriptions } from './descriptions.svelte';
import { library } from './library.svelte';
import { storeWords } from './places.svelte';
import { ratings } from './ratings.svelte';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';
import { toasts } from './toasts.svelte';
import { anyInTrash } from './trash.svelte';
import { turns } from './turns.svelte';
import { uploads } from './uploads.svelte';
import { stay } from './visit';

/** Runs something that may be refused, and says so, of the picture that it is about. Whether it went well. */
export async function attempt(work: () => Promise<unknown>, picture?: { id: number; name: string }): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    toasts.error(error, picture);
    return false;
  }
}

/** How many, for a message. */
const amount = ({ length }: readonly unknown[]) => ({ count: length, n: number(length) });

/** The picture that is meant, where it is a single one. */
function single(ids: number[]): { id: number; name: string } | undefined {
  const [id, ...more] = ids;
  return id === undefined || more.length > 0 ? undefined : library.row(id);
}

/** Takes pictures off the screen; the keyboard goes on to the one behind them. */
function takeAway(ids: number[]): void {
  const at = selection.cursor === undefined ? -1 : library.indexOf(selection.cursor);
  const before = ids.filter((id) => library.indexOf(id) < at).length;
  library.remove(ids);
  selection.prune(at - before);
}

/** Moves pictures to the trash, with ten seconds to take it back (and the trash after that). */
export async function deletePictures(ids: number[]): Promise<void> {
  if (ids.length === 0) return;
  const here = stay();
  takeAway(ids);
  if (!(await attempt(() => ipc().deletePictures(ids)))) {
    await library.load();
    return;
  }
  toasts.undoable(
    m.deleted(amount(ids)),
    () => void undoDelete(ids),
    here,
    () => anyInTrash(ids),
  );
}

async function undoDelete(ids: number[]): Promise<void> {
  const here = stay();
  if (await attempt(() => ipc().restorePictures(ids))) {
    await library.load();
    if (here()) selection.set(ids.filter((id) => library.indexOf(id) >= 0));
  }
}

/** Puts a whole picture in the place of a damaged one; ten seconds to take it back, and undo after that. */
export async function replaceDamaged(damaged: number, whole: number): Promise<void> {
  const here = stay();
  if (!(await attempt(() => ipc().replaceDamaged(damaged, whole)))) return;
  await Promise.all([library.load(), turns.load()]);
  turns.offer(m.damaged_replaced(), here);
}

/** Takes pictures back out of the trash. */
export async function restorePictures(ids: number[]): Promise<void> {
  if (ids.length === 0) return;
  takeAway(ids);
  if (await attempt(() => ipc().restorePictures(ids))) toasts.show('success', m.restored(amount(ids)));
  await library.load();
}

/** Deletes for good; the caller has asked the person. */
export async function deleteForever(ids: number[]): Promise<void> {
  takeAway(ids);
  if (await attempt(() => ipc().deleteForever(ids))) {
    const done = app.state?.connection.status === 'online';
    toasts.show(
      done ? 'success' : 'info',
      done ? m.deleted_forever(amount(ids)) : m.deleted_forever_later({ ...amount(ids), store: storeWords() }),
    );
    void toasts.review();
  }
  await library.load();
}

/** Asks whether all that is in the trash may go for good, and shows what that is. */
export async function emptyTrash(): Promise<void> {
  const here = stay();
  screen.leaveLarge();
  selection.clear();
  if (library.shown.scope !== 'trash') await library.setScope('trash');
  if (library.searching) await library.setText('');
  // What is shown is what is meant only where both searches have been answered.
  const meant = here() && library.shown.scope === 'trash' && !library.searching;
  if (meant && library.layout.count > 0) screen.open('delete_forever', [...library.layout.ids]);
}

/** Marks pictures as favourites, or, when all of them are, no longer. */
export async function toggleFavourite(ids: number[]): Promise<void> {
  if (ids.length === 0) return;
  const here = stay();
  const favourite = !ids.every((id) => library.row(id)?.favourite);
  library.patch(ids, { favourite });
  const done = await attempt(() => ipc().editPictures(ids, { favourite }), single(ids));
  if (!done && here()) library.patch(ids, { favourite: !favourite });
}

/**
 * Does something, says so, and offers to take it back for as long as nothing else is done. Rejects with what the engine says.
 * What changed nothing has no way back, which would take back something else.
 */
export async function withUndo<T>(work: () => Promise<T>, said: (result: T) => string): Promise<void> {
  const here = stay();
  await turns.load();
  if (!here()) return;
  const before = turns.next.undo;
  const result = await work();
  await turns.load();
  const done = turns.next.undo;
  if (done === before) toasts.show('success', said(result));
  else turns.offer(said(result), here);
}

/** Gives pictures stars, or takes them away with 0. Of one picture its stars say so. */
export async function rate(ids: number[], rating: number): Promise<void> {
  if (ids.length === 0) return;
  ratings.put(ids, rating);
  const give = () => ipc().editPictures(ids, { rating });
  const said = () => (rating > 0 ? m.rated(amount(ids)) : m.rated_none(amount(ids)));
  const done = ids.length === 1 ? await attempt(give, single(ids)) : await attempt(() => withUndo(give, said));
  if (!done) await ratings.load();
}

/** Adds tags to pictures. Rejects with what the engine says, for the field to show. */
export async function addTags(ids: number[], tags: string[]): Promise<void> {
  if (ids.length === 0 || tags.length === 0) return;
  const quoted = tags.map((tag) => `“${tag}”`).join(', ');
  const said = () => m.tagged({ ...amount(ids), tags: quoted });
  await withUndo(() => ipc().editPictures(ids, { add_tags: tags }), said);
}

/** Puts pictures into an album; those that are in it stay where they are. */
export async function addToAlbum(album: string, ids: number[]): Promise<void> {
  await attempt(() => putInto(() => ipc().addToAlbum(album, ids), ids), single(ids));
}

function putInto(put: () => Promise<AlbumRow>, ids: number[]): Promise<void> {
  return withUndo(put, ({ name }) => m.album_added({ ...amount(ids), name }));
}

/**
 * Puts pictures into the album of a name, in whatever case; it is made when there is none. Rejects with what the engine says,
 * for the field to show.
 */
export async function addToAlbumNamed(name: string, ids: number[]): Promise<void> {
  const here = stay();
  const album = await albums.named(name);
  if (!here()) return;
  await putInto(() => albums.fill(album, name, ids), ids);
  await albums.load();
}

/** Takes pictures out of an album, with a way back; they stay in the library. */
export async function removeFromAlbum(album: string, ids: number[]): Promise<void> {
  if (ids.length === 0) return;
  if (library.query.album === album) takeAway(ids);
  const take = () => ipc().removeFromAlbum(album, ids);
  const done = await attempt(() => withUndo(take, ({ name }) => m.album_taken_out({ ...amount(ids), name })));
  if (!done) await library.load();
}

/** Puts links on the clipboard, one a line, in the order of the library. */
export async function copyLinks(ids: number[], format?: LinkFormat): Promise<void> {
  if (ids.length === 0) return;
  await attempt(async () => {
    const links = await ipc().copyLinks(ids, format);
    const life = links[0] ? ` ${linkLife(links[0].life)}` : '';
    toasts.show('success', m.links_copied(amount(links)) + life);
  });
}

export async function copyText(text: string, said: string): Promise<void> {
  if (await attempt(() => ipc().copyText(text))) toasts.show('success', said);
}

export async function downloadPictures(ids: number[]): Promise<void> {
  if (ids.length === 0) return;
  await attempt(async () => {
    const saved = await ipc().downloadPictures(ids);
    if (saved !== null) toasts.show('success', m.downloaded({ count: saved, n: number(saved) }));
  });
}

/** Opens the dialog that says what is sent where; without a key, the place to set one. */
export function askToDescribe(ids: number[]): void {
  if (ids.length === 0) return;
  const secrets = app.state?.secrets;
  if (app.state?.can_describe) screen.open('describe', ids);
  // A key that is locked is not missing.
  else if (secrets?.kind === 'locked' && secrets.needs_passphrase) screen.open('unlock');
  else if (secrets?.kind === 'locked') toasts.show('warning', secrets.reason);
  else {
    screen.openSettings('descriptions');
    // Of a key that was forgotten the page itself says so.
    if (!app.aiKeyForgotten) toasts.show('info', m.describe_needs_key());
  }
}

/** Describes pictures at once. */
export async function describe(ids: number[], prompt?: string): Promise<void> {
  await attempt(() => descriptions.ask(ids, prompt), single(ids));
}

/** What is uploaded while an album is open goes into it. */
export async function pickAndUpload(folder: boolean): Promise<void> {
  await attempt(() => ipc().pickAndUpload(folder, library.query.album));
}

export async function uploadPaths(paths: string[]): Promise<void> {
  if (paths.length === 0) return;
  uploads.open = true;
  await attempt(() => ipc().uploadPaths(paths, library.query.album));
}

export async function uploadClipboard(): Promise<void> {
  await attempt(() => ipc().uploadClipboard(library.query.album));
}
