/** Words that stood in a field when the app was ended from outside are put back to the pictures that were meant, or told. */
import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { makePicture } from '@/ipc/fake-pictures';
import { engineError, type FakeIpc } from '@/ipc/fake';
import { drafts } from '@/stores/drafts.svelte';
import { MOST_PICTURES } from '@/stores/jottings';
import { recover } from '@/stores/recovery';
import { selection } from '@/stores/selection.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { inspect } from '@/test/inspect';
import { start } from '@/test/start';
import Inspector from './Inspector.svelte';

const notes = () => Object.keys(localStorage).filter((key) => /^(words|typed) /.test(key));

const IN_TRASH = {
  ...engineError('invalid_input', 'This picture is in the trash. Restore it first.'),
  reason: 'library_in_trash',
};

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
  expect(fake.called('createAlbum')).toEqual([['Lofoten', [id]]]);
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

/** Somebody else writes, on another device. */
const writtenElsewhere = (fake: FakeIpc, id: number, description: string | null) =>
  Object.assign(fake.pictures.get(id) ?? {}, { description });

const offered = () => toasts.list.filter(({ action }) => action?.label === 'Copy what you typed');

it('offers words whose field holds something newer, and writes them nowhere', async () => {
  const { fake, id } = await inspect();
  await type('inspector-description', 'Half a sentence');
  killed();
  writtenElsewhere(fake, id, 'NEWER');
  await recover('');
  expect(fake.called('editPicture')).toHaveLength(0);
  expect(fake.pictures.get(id)?.description).toBe('NEWER');
  expect(offered().map(({ message }) => message)).toEqual([
    expect.stringMatching(/changed elsewhere.*“Half a sentence”/),
  ]);
  // They are kept until somebody has copied them, also when something else is typed meanwhile and is written.
  toasts.clear();
  selection.clear();
  await waitFor(() => expect(page.queryByTestId('inspector-description')).toBeNull());
  selection.only(id);
  await page.findByTestId('inspector-description');
  await type('inspector-description', 'Something else');
  await userEvent.tab();
  await waitFor(() => expect(fake.pictures.get(id)?.description).toBe('Something else'));
  await recover('');
  expect(fake.called('editPicture')).toHaveLength(1);
  offered()[0]?.action?.run();
  await waitFor(() => expect(fake.clipboard).toBe('Half a sentence'));
  expect(notes()).toEqual([]);
  expect(offered()).toEqual([]);
});

it.each([
  ['writes words without what the field held before where it is empty', null, 'Half a sentence', 0],
  ['offers them where it is not', 'Theirs', 'Theirs', 1],
])('%s', async (_, there, then, told) => {
  const { fake, id } = await inspect();
  await type('inspector-description', 'Half a sentence');
  killed();
  // As an earlier version has written it.
  for (const key of notes()) {
    const { field, words, pictures } = JSON.parse(localStorage.getItem(key) ?? '') as Record<string, unknown>;
    localStorage.setItem(key, JSON.stringify({ field, words, pictures }));
  }
  writtenElsewhere(fake, id, there);
  await recover('');
  expect(fake.pictures.get(id)?.description).toBe(then);
  expect(offered()).toHaveLength(told);
});

it('says of which picture words can’t be written, and ends them with the message that is dismissed', async () => {
  const { fake, id } = await inspect();
  await type('inspector-description', 'Half a sentence');
  killed();
  fake.fail('editPicture', IN_TRASH);
  await recover('');
  expect(offered().map(({ message }) => message)).toEqual([
    `“${fake.pictures.get(id)?.name}”: ${IN_TRASH.message} This was not written there: “Half a sentence”`,
  ]);
  const [toast] = offered();
  if (toast) toasts.close(toast);
  expect(notes()).toEqual([]);
});

/** Words are refused because their picture went to the trash, and the person went on to another picture. */
async function refused() {
  const { fake, id } = await inspect();
  fake.fail('editPicture', IN_TRASH);
  Object.assign(fake.pictures.get(id) ?? {}, { deleted_at: '2026-01-01T00:00:00Z' });
  await type('inspector-description', 'Half a sentence');
  await type('inspector-alt', 'Huts');
  selection.clear();
  await waitFor(() => expect(offered()).toHaveLength(1));
  await waitFor(() => expect(fake.called('editPicture').length).toBeGreaterThanOrEqual(2));
  await waitFor(() => expect(page.queryByTestId('inspector-description')).toBeNull());
  return { fake, id };
}

/** It is restored, here or on another device. */
function restored(fake: FakeIpc, id: number) {
  fake.fail('editPicture', undefined);
  Object.assign(fake.pictures.get(id) ?? {}, { deleted_at: null });
}

it('says once why the words of one picture can’t be kept, and gives all of them', async () => {
  const { fake, id } = await refused();
  expect(offered().map(({ message }) => message)).toEqual([`“${fake.pictures.get(id)?.name}”: ${IN_TRASH.message}`]);
  offered()[0]?.action?.run();
  await waitFor(() => expect(fake.clipboard).toBe('Half a sentence\n\nHuts'));
  await waitFor(() => expect(offered()).toEqual([]));
  expect(notes()).toEqual([]);
});

it('writes them once the picture is restored, and says no longer that they can’t be', async () => {
  const { fake, id } = await refused();
  restored(fake, id);
  await drafts.again();
  expect(fake.pictures.get(id)).toMatchObject({ description: 'Half a sentence', alt_text: 'Huts' });
  expect(offered()).toEqual([]);
  expect(notes()).toEqual([]);
});

it('never writes them over what is newer, neither when the picture is restored nor when the app is left', async () => {
  const { fake, id } = await refused();
  restored(fake, id);
  writtenElsewhere(fake, id, 'NEWER');
  await drafts.again();
  expect(fake.pictures.get(id)).toMatchObject({ description: 'NEWER', alt_text: 'Huts' });
  expect(offered().map(({ message }) => message)).toEqual([expect.stringMatching(/was changed elsewhere/)]);
  expect(await drafts.saveAll()).toBe(true);
  killed();
  expect(offered()).toEqual([]);
  await recover('');
  expect(fake.pictures.get(id)?.description).toBe('NEWER');
  expect(offered().map(({ message }) => message)).toEqual([expect.stringContaining('“Half a sentence”')]);
});

it('ends a draft whose message is dismissed', async () => {
  const { fake, id } = await refused();
  const [toast] = offered();
  if (toast) toasts.close(toast);
  restored(fake, id);
  expect(await drafts.saveAll()).toBe(true);
  killed();
  await recover('');
  expect(fake.pictures.get(id)?.description).not.toBe('Half a sentence');
  expect(notes()).toEqual([]);
});

it('keeps what was refused in a field that is shown once its picture is restored', async () => {
  const { fake, id } = await inspect();
  fake.fail('editPicture', IN_TRASH);
  Object.assign(fake.pictures.get(id) ?? {}, { deleted_at: '2026-01-01T00:00:00Z' });
  await type('inspector-description', 'Half a sentence');
  await userEvent.tab();
  expect(await page.findByTestId('field-failure')).toHaveTextContent(IN_TRASH.message);
  restored(fake, id);
  await drafts.again();
  expect(fake.pictures.get(id)?.description).toBe('Half a sentence');
  await waitFor(() => expect(page.queryByTestId('field-failure')).toBeNull());
});
