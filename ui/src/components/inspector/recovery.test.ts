/** Words that stood in a field when the app was ended from outside are put back to the pictures that were meant, or told. */
import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { makePicture } from '@/ipc/fake-pictures';
import type { FakeIpc } from '@/ipc/fake';
import { drafts } from '@/stores/drafts.svelte';
import { MOST_PICTURES } from '@/stores/jottings';
import { recover } from '@/stores/recovery';
import { selection } from '@/stores/selection.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { inspect } from '@/test/inspect';
import { start } from '@/test/start';
import Inspector from './Inspector.svelte';

const notes = () => Object.keys(localStorage).filter((key) => /^(words|typed) /.test(key));

/** Nothing that is shown keeps anything any more. */
const killed = () => drafts.left();

async function type(testid: string, words: string) {
  const field = page.getByTestId(testid);
  await userEvent.clear(field);
  await userEvent.type(field, words);
}

/** The catalogue is made anew: each picture has another number. */
function renumber(fake: FakeIpc): void {
  const all = [...fake.pictures.values()];
  fake.pictures.clear();
  all.forEach((picture, index) => fake.pictures.set(index + 1, Object.assign(picture, { id: index + 1 })));
}

it.each([
  ['inspector-name', 'Harbour.jpg', { name: 'Harbour.jpg' }],
  ['inspector-description', 'Half a sentence', { description: 'Half a sentence' }],
  ['inspector-alt', 'Huts', { alt_text: 'Huts' }],
])('keeps what stood in %s', async (testid, words, expected) => {
  const { fake, id } = await inspect();
  await type(testid, words);
  killed();
  await recover('');
  expect(fake.pictures.get(id)).toMatchObject(expected);
  await recover('');
  expect(fake.called('editPicture')).toHaveLength(1);
  expect(notes()).toEqual([]);
});

it('keeps tags and the name of an album', async () => {
  const { fake, id } = await inspect();
  await type('inspector-tags', 'sea, boats');
  killed();
  await recover('');
  expect(fake.pictures.get(id)?.tags).toEqual(expect.arrayContaining(['sea', 'boats']));
  selection.clear();
  await waitFor(() => expect(page.queryByTestId('inspector-album')).toBeNull());
  selection.only(id);
  await page.findByTestId('inspector-album');
  await type('inspector-album', 'Lofoten');
  killed();
  await recover('');
  expect(fake.called('addToAlbum')).toEqual([['album-1', [id]]]);
});

it('finds the picture again under another number, and writes to no other', async () => {
  const { fake, id } = await inspect();
  const image = fake.pictures.get(id)?.image_id;
  await type('inspector-description', 'Half a sentence');
  killed();
  renumber(fake);
  expect(fake.pictures.get(id)?.image_id).not.toBe(image);
  await recover('');
  const written = [...fake.pictures.values()].filter((picture) => picture.description === 'Half a sentence');
  expect(written.map((picture) => picture.image_id)).toEqual([image]);
});

it('tells the words of a picture that is not found, to be copied, and writes them nowhere', async () => {
  const { fake, id } = await inspect();
  await type('inspector-description', 'Half a sentence');
  killed();
  fake.pictures.set(id, { ...makePicture(1_000, 3), id });
  await recover('');
  expect(fake.called('editPicture')).toHaveLength(0);
  expect(toasts.list.map((toast) => toast.message)).toEqual([expect.stringContaining('“Half a sentence”')]);
  // Nothing but a word of the person's takes them away.
  toasts.clear();
  await recover('');
  toasts.list[0]?.action?.run();
  await waitFor(() => expect(fake.clipboard).toBe('Half a sentence'));
  expect(notes()).toEqual([]);
  expect(toasts.list).toEqual([]);
});

it('tells what earlier versions have written down of a number, and writes it nowhere', async () => {
  const { fake, id } = await inspect();
  localStorage.setItem(`typed  ${id} description`, 'Half a sentence');
  await recover('');
  expect(fake.called('editPicture')).toHaveLength(0);
  const [toast] = toasts.list;
  expect(toast?.message).toContain('“Half a sentence”');
  if (toast) toasts.close(toast);
  expect(notes()).toEqual([]);
});

/** Info about several pictures. */
async function many(count: number, pictures = 40): Promise<{ fake: FakeIpc; ids: number[] }> {
  const fake = await start({ pictures });
  const ids = [...fake.pictures.keys()].slice(0, count);
  selection.set(ids);
  render(Inspector, { onclose() {} });
  await page.findByTestId('many-tags');
  return { fake, ids };
}

const tagged = (fake: FakeIpc, tag: string) =>
  [...fake.pictures.values()].filter((picture) => picture.tags.includes(tag)).map((picture) => picture.image_id);

it('keeps what stood in a field of several pictures, also when they are numbered anew', async () => {
  const { fake, ids } = await many(3);
  const images = ids.map((id) => fake.pictures.get(id)?.image_id);
  await type('many-tags', 'lofoten');
  await waitFor(() => expect(localStorage.getItem(notes()[0] ?? '')).toContain(String(images[2])));
  killed();
  renumber(fake);
  await recover('');
  expect(tagged(fake, 'lofoten').toSorted()).toEqual(images.toSorted());
  expect(notes()).toEqual([]);
});

it('tells the words for more pictures than can be written down', async () => {
  const { fake } = await many(MOST_PICTURES + 1, MOST_PICTURES + 1);
  await type('many-album', 'Lofoten');
  killed();
  await recover('');
  expect(fake.called('addToAlbum')).toHaveLength(0);
  expect(toasts.list.map((toast) => toast.message)).toEqual([expect.stringContaining('“Lofoten”')]);
});
