/** Puts back what was left in the fields of pictures when the app was ended from outside, or the place was left. */
import { m } from '@/paraglide/messages';
import { ipc, type PictureDetail } from '@/ipc';
import { decodeLayout } from '@/layout/decode';
import { tagsIn } from '@/text/tags';
import { albums } from './albums.svelte';
import { edited } from './detail.svelte';
import { forget, left, type Jotting, type Noted } from './jottings';
import { toasts } from './toasts.svelte';
import { stay } from './visit';

/** Keeps what was left in this place; words whose picture is not found are told, and never put to another one. */
export async function recover(place: string): Promise<void> {
  const here = stay();
  const lost: Jotting[] = [];
  for (const jotting of left(place)) {
    try {
      const pictures = jotting.pictures && (await findAll(jotting.pictures));
      if (!here()) return;
      if (pictures) {
        await keep(jotting, pictures, here);
        if (!here()) return;
        forget(jotting);
      } else lost.push(jotting);
    } catch (error) {
      // Tried again at the next start.
      toasts.error(error);
    }
  }
  if (here() && lost.length > 0) tell(lost);
}

/** All of them; nothing when one isn't found: words for several pictures are for all or none. */
async function findAll(noted: readonly Noted[]): Promise<PictureDetail[] | undefined> {
  const found: PictureDetail[] = [];
  for (const each of noted) {
    const picture = await find(each);
    if (!picture) return undefined;
    found.push(picture);
  }
  return found;
}

/** The picture under the number that it had, or among those that have its name. */
async function find({ image, id, name }: Noted): Promise<PictureDetail | undefined> {
  const there = await look(id);
  if (there?.image_id === image) return there;
  const text = `name:"${name.replaceAll('"', '')}"`;
  for (const scope of ['all', 'trash'] as const) {
    for (const other of decodeLayout(await ipc().libraryLayout({ text, scope, sort: 'newest' })).ids) {
      const picture = await look(other);
      if (picture?.image_id === image) return picture;
    }
  }
  return undefined;
}

async function look(id: number): Promise<PictureDetail | undefined> {
  try {
    return await ipc().picture(id);
  } catch (error) {
    if ((error as { code?: string }).code === 'not_found') return undefined;
    throw error;
  }
}

/** Keeps words as their field would have, where they would change anything. */
async function keep({ field, words }: Jotting, pictures: PictureDetail[], here: () => boolean): Promise<void> {
  const ids = pictures.map(({ id }) => id);
  const [one] = pictures;
  if (field === 'album') {
    await albums.load();
    const there = albums.called(words);
    if (there && pictures.every((picture) => picture.albums.some(({ id }) => id === there.id))) return;
    const { id } = await albums.named(words);
    if (here()) await ipc().addToAlbum(id, ids);
  } else if (field === 'tags') {
    const add_tags = tagsIn(words);
    if (pictures.every(({ tags }) => add_tags.every((tag) => tags.includes(tag)))) return;
    if (one && ids.length === 1) edited(await ipc().editPicture(one.id, { add_tags }));
    else await ipc().editPictures(ids, { add_tags });
  } else if (one && words !== (one[field] ?? '')) edited(await ipc().editPicture(one.id, { [field]: words }));
}

/** Shows words that can't be put back, until somebody has copied them or says that they are not wanted. */
function tell(lost: Jotting[]): void {
  const words = lost.map((jotting) => jotting.words).join('\n\n');
  const done = () => lost.forEach(forget);
  const run = async () => {
    try {
      await ipc().copyText(words);
      done();
      toasts.dismiss(id);
    } catch (error) {
      toasts.error(error);
    }
  };
  const action = { label: m.draft_copy(), ofPlace: true, run: () => void run() };
  const id = toasts.show('error', m.draft_lost({ words }), { action, closed: done });
}
