import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc, FakeOptions } from '@/ipc/fake';
import { albums } from '@/stores/albums.svelte';
import { library } from '@/stores/library.svelte';
import { screen } from '@/stores/screen.svelte';
import { selection } from '@/stores/selection.svelte';
import { tags } from '@/stores/tags.svelte';
import { prepare } from '@/test/start';

/** The whole window, with an album. */
async function open(options: FakeOptions = {}): Promise<FakeIpc> {
  const fake = prepare(options);
  fake.shelf.create('Lofoten');
  render(App);
  await page.findAllByTestId('tile');
  await waitFor(() => expect(albums.list).toHaveLength(1));
  return fake;
}

/** Titles of the commands that these words find. */
async function find(words: string): Promise<(string | undefined)[]> {
  screen.open('palette');
  const input = await page.findByTestId('palette-input');
  await userEvent.clear(input);
  if (words) await userEvent.type(input, words);
  return within(page.getByTestId('palette'))
    .getAllByRole('option')
    .map((option) => option.querySelector('.truncate')?.textContent ?? undefined);
}

async function shut() {
  screen.close();
  await waitFor(() => expect(page.queryByTestId('palette')).toBeNull());
}

async function run(words: string) {
  await find(words);
  await userEvent.keyboard('{Enter}');
}

it('finds the doctor, the pages of the settings, and full screen', async () => {
  await open();
  expect(await find('doctor')).toContain('Ask the doctor');
  expect(await find('storage')).toContain('Settings: Storage');
  expect(await find('full screen')).toContain('Full screen');
  await run('storage');
  await waitFor(() => expect(screen.settingsPage).toBe('storage'));
});

it('finds every album by its name and by “album”, makes others, and puts pictures into them', async () => {
  const fake = await open();
  expect(await find('album')).toEqual(expect.arrayContaining(['Go to album Lofoten', 'New album']));
  expect(await find('lofoten')).toContain('Go to album Lofoten');
  expect(await find('lofoten')).not.toContain('Add to album Lofoten');
  await shut();
  const id = library.layout.ids[0] as number;
  selection.only(id);
  await run('add to album lof');
  await waitFor(() => expect(fake.called('addToAlbum')).toEqual([[albums.list[0]?.id, [id]]]));
  await find('Harbour');
  await userEvent.click(page.getByText('New album “Harbour”'));
  await waitFor(() => expect(albums.shown?.name).toBe('Harbour'));
});

it('finds pictures by a tag, and adds tags to one', async () => {
  await open();
  selection.only(library.layout.ids[0] as number);
  await page.findByTestId('inspector-tags');
  await run('add tags');
  await waitFor(() => expect(page.getByTestId('inspector-tags')).toHaveFocus());
  await userEvent.keyboard('{Escape}');
  selection.all();
  await page.findByTestId('many-tags');
  await run('add tags');
  await waitFor(() => expect(page.getByTestId('many-tags')).toHaveFocus());
  await find('old town');
  await userEvent.click(page.getByText('Pictures with the tag “old town”'));
  await waitFor(() => expect(library.query.text).toBe('tag:"old town"'));
  expect(page.getByRole('heading', { level: 1 })).toHaveTextContent('old town');
  expect(page.getByTestId('scope-all')).not.toHaveAttribute('aria-current');
});

it('lists all tags, and goes to the pictures of each', async () => {
  const fake = await open();
  const [first] = fake.pictures.values();
  if (first) first.tags = ['Über See'];
  await tags.load();
  const all = [...new Set([...fake.pictures.values()].flatMap((picture) => picture.tags))];
  await run('all tags');
  await waitFor(() => expect(page.getByTestId('palette-input')).toHaveValue('#'));
  expect(within(page.getByTestId('palette')).getAllByRole('option')).toHaveLength(all.length);
  await shut();
  // By a part of its name, with the commands that have it, and once.
  const found = await find('über');
  expect(found.filter((title) => title === 'Pictures with the tag “Über See”')).toHaveLength(1);
  await userEvent.click(page.getByText('Pictures with the tag “Über See”'));
  await waitFor(() => expect(library.shown.text).toBe('tag:"Über See"'));
  expect(library.layout.count).toBe(1);
});

it('draws a hundred of very many tags, and says how many more there are', async () => {
  const fake = await open();
  const [first] = fake.pictures.values();
  if (first) first.tags = Array.from({ length: 3_000 }, (_, n) => `tag ${n}`);
  await tags.load();
  const more = tags.list.length - 100;
  expect((await find('#')).length).toBeGreaterThan(0);
  await userEvent.keyboard('{End}');
  await waitFor(() => expect(within(page.getByTestId('palette')).getAllByRole('option')).toHaveLength(100));
  expect(page.getByTestId('palette')).toHaveTextContent(`${more.toLocaleString('en')} more tags.`);
  expect(await find('#2345')).toEqual(['tag 2345']);
});

it('empties the trash from anywhere, after asking', async () => {
  const fake = await open();
  expect(await find('empty trash')).not.toContain('Empty trash…');
  await shut();
  await fake.deletePictures([...library.layout.ids].slice(0, 3));
  await waitFor(() => expect(library.counts?.trash).toBe(3));
  await run('empty trash');
  expect(await page.findByTestId('delete-forever-dialog')).toHaveTextContent('Delete 3 pictures forever?');
  expect(fake.called('deleteForever')).toHaveLength(0);
});

it('fills the screen with F11, also out of a field', async () => {
  await open();
  const request = vi.fn(() => Promise.resolve());
  document.documentElement.requestFullscreen = request;
  await userEvent.click(page.getByTestId('search'));
  await userEvent.keyboard('{F11}');
  expect(request).toHaveBeenCalledTimes(1);
});

it('reads shortcuts out as they stand on the keyboard', async () => {
  await open();
  screen.open('shortcuts');
  const sheet = await page.findByTestId('shortcuts');
  expect(sheet).toHaveTextContent('Ctrl+K');
  expect(sheet).not.toHaveTextContent('Mod+');
  const titles = within(sheet)
    .getAllByRole('term')
    .map((term) => term.textContent);
  expect(titles.filter((title) => title === 'Delete')).toHaveLength(1);
  expect(titles.filter((title) => title?.includes('star'))).toEqual([]);
  expect(titles).toContain('Rating');
});

it('makes the first rows at once, and the others as they are come to', async () => {
  await open();
  await find('');
  const options = () => within(page.getByTestId('palette')).getAllByRole('option');
  const size = Number(options()[0]?.getAttribute('aria-setsize'));
  expect(options().length).toBeLessThan(size);
  await userEvent.keyboard('{End}');
  await waitFor(() => expect(options()).toHaveLength(size));
  expect(options().at(-1)?.getAttribute('aria-selected')).toBe('true');
  await shut();
  await find('');
  await userEvent.keyboard('{ArrowUp}');
  await waitFor(() => expect(options()).toHaveLength(size));
});
