/** Puts back what was left in the fields of pictures when the app was ended from outside, or the place was left. */
import { m } from '@/paraglide/messages';
import { ipc, type PictureDetail } from '@/ipc';
import { decodeLayout } from '@/layout/decode';
import { tagsIn } from '@/text/tags';
import { albums } from './albums.svelte';
import { edited } from './detail.svelte';
import { forget, left, setAside, type Jotting, type Noted } from './jottings';
import { offerWords } from './offer';
import { isNoPlace, sentence } from './toasts.svelte';
import { stay } from './visit';

/**
 * Keeps what was left in this place. Words whose picture is not found are told, and never put to another one; those whose field
 * holds something else by now are offered, and never written over it.
 */
export async function recover(place: string): Promise<void> {
  const here = stay();
  const lost: Jotting[] = [];
  for (const jotting of left(place)) {
    let pictures: PictureDetail[] | undefined;
    try {
      pictures = jotting.pictures && (await findAll(jotting.pictures));
      if (!here()) return;
      if (!pictures) lost.push(jotting);
      else if (await keep(jotting, pictures, here)) forget(jotting);
      else offer(setAside(jotting, place, true), m.draft_overtaken({ name: pictures[0]?.name ?? '' }));
    } catch (error) {
      // What was still asked of a place that has been left is tried again when it is open again, as after any other start.
      if (isNoPlace(error) || !here()) return;
      console.error(error);
      const [one, ...more] = pictures ?? [];
      const text =
        one && more.length === 0 ? m.about_picture({ name: one.name, text: sentence(error) }) : sentence(error);
      offer(setAside(jotting, place, false), text);
    }
  }
  if (!here() || lost.length === 0) return;
  const words = lost.map((jotting) => jotting.words).join('\n\n');
  offerWords(m.draft_lost({ words }), words, () => lost.forEach(forget));
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

/**
 * Keeps words as their field would have, where they would change anything. Whether that is done: not where the field holds
 * something that the person had not seen when they began to type.
 */
async function keep(jotting: Jotting, pictures: PictureDetail[], here: () => boolean): Promise<boolean> {
  const { field, words } = jotting;
  const ids = pictures.map(({ id }) => id);
  const [one] = pictures;
  if (field === 'album') {
    await albums.load();
    const there = albums.called(words);
    if (there && pictures.every((picture) => picture.albums.some(({ id }) => id === there.id))) return true;
    if (here()) await albums.fill(there, words, ids);
  } else if (field === 'tags') {
    const add_tags = tagsIn(words);
    if (pictures.every(({ tags }) => add_tags.every((tag) => tags.includes(tag)))) return true;
    if (one && ids.length === 1) edited(await ipc().editPicture(one.id, { add_tags }));
    else await ipc().editPictures(ids, { add_tags });
  } else if (one) {
    const now = (one[field] ?? '').trim();
    if (words === now) return true;
    // Notes of earlier versions don't say what the field held: only an empty one surely has nothing to lose.
    if (jotting.aside || now !== (jotting.base ?? '')) return false;
    edited(await ipc().editPicture(one.id, { [field]: words }));
  }
  return true;
}

/** Offers words that are not written, and says why. */
function offer(jotting: Jotting, why: string): void {
  const { words } = jotting;
  offerWords(m.draft_offered({ why, words }), words, () => forget(jotting));
}
