/** What is done to several pictures at once, what is said of it, and how tiles show it. */
import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { ratings } from '@/stores/ratings.svelte';
import { selection } from '@/stores/selection.svelte';
import { prepare } from '@/test/start';

async function open(ratings: Record<number, number> = {}): Promise<FakeIpc> {
  const fake = prepare();
  for (const [id, rating] of Object.entries(ratings)) Object.assign(fake.pictures.get(Number(id)) ?? {}, { rating });
  render(App);
  await page.findAllByTestId('tile');
  return fake;
}

/** The engine names what was done last. */
function names(fake: FakeIpc, title: string) {
  const edit = fake.editPictures;
  fake.editPictures = async (...args) => {
    await edit(...args);
    fake.turns = { undo: title, redo: null };
  };
}

const starsOf = (id: number | undefined) =>
  document.querySelector(`#tile-${id} [data-stars]`)?.getAttribute('data-stars');

it('shows the stars of a picture on its tile, and at once when it gets some', async () => {
  const [first, second] = [40, 39];
  const fake = await open({ [first]: 3 });
  await waitFor(() => expect(starsOf(first)).toBe('3'));
  selection.only(second);
  page.getByTestId('grid').focus();
  await userEvent.keyboard('5');
  await waitFor(() => expect(starsOf(second)).toBe('5'));
  expect(fake.called('editPictures')).toEqual([[[second], { rating: 5 }]]);
  expect(page.queryByTestId('undo')).toBeNull();
  await userEvent.keyboard('0');
  await waitFor(() => expect(starsOf(second)).toBeUndefined());
});

it('says how many were rated, with a way back', async () => {
  const fake = await open();
  names(fake, 'Rating 4 on 40 pictures');
  selection.all();
  page.getByTestId('grid').focus();
  await userEvent.keyboard('4');
  const toast = await page.findByText('40 pictures rated.');
  await userEvent.click(within(toast.closest('.toast') as HTMLElement).getByTestId('undo'));
  await waitFor(() => expect(fake.called('undo')).toHaveLength(1));
});

it('offers no way back for what changed nothing', async () => {
  const fake = await open();
  fake.turns = { undo: 'Album “Sea” deleted', redo: null };
  selection.all();
  page.getByTestId('grid').focus();
  await userEvent.keyboard('4');
  expect(await page.findByText('40 pictures rated.')).toBeVisible();
  expect(page.queryByTestId('undo')).toBeNull();
});

it('rates, tags and files several pictures in Info, and says what differs', async () => {
  const fake = await open({ 40: 3 });
  fake.shelf.create('Lofoten');
  fake.libraryChanged();
  selection.set([40, 39]);
  await waitFor(() => expect(ratings.of(40)).toBe(3));
  const info = within(await page.findByTestId('inspector-many'));
  expect(info.getByTestId('rating-mixed')).toBeVisible();
  await userEvent.click(info.getByRole('button', { name: '2 stars' }));
  await waitFor(() => expect(fake.pictures.get(40)?.rating).toBe(2));
  expect(info.queryByTestId('rating-mixed')).toBeNull();
  await userEvent.type(info.getByTestId('many-tags'), 'sea, Sea, boats{Enter}');
  expect(await page.findByText('“sea”, “boats” added to 2 pictures.')).toBeVisible();
  expect(fake.called('editPictures').at(-1)).toEqual([[40, 39], { add_tags: ['sea', 'boats'] }]);
  await userEvent.type(info.getByTestId('many-album'), 'lofoten{Enter}');
  await waitFor(() => expect(fake.called('addToAlbum')).toEqual([['album-1', [40, 39]]]));
  expect(fake.called('createAlbum')).toHaveLength(0);
});

it('makes a new album of what is selected, and adds to one of that name in another case', async () => {
  const fake = await open();
  selection.only(40);
  const make = async (name: string, said: RegExp) => {
    await userEvent.pointer({ keys: '[MouseRight]', target: document.querySelector('#tile-40') as HTMLElement });
    await userEvent.click(await page.findByText('Add to album'));
    await userEvent.click(await page.findByTestId('album-new-of'));
    await userEvent.type(await page.findByTestId('new-album-name'), name);
    expect(page.getByTestId('new-album-dialog')).toHaveTextContent(said);
    await userEvent.click(page.getByTestId('new-album-make'));
    await waitFor(() => expect(page.queryByTestId('new-album-dialog')).toBeNull());
  };
  await make('Iceland', /1 picture goes into it/);
  expect(fake.called('createAlbum')).toEqual([['Iceland', [40]]]);
  await make('ICELAND', /There is an album “Iceland” already/);
  expect(fake.called('createAlbum')).toHaveLength(1);
  expect(fake.called('addToAlbum')).toHaveLength(1);
});

it('opens the album of that name in another case instead of making a second one', async () => {
  const fake = await open();
  fake.shelf.create('Iceland');
  fake.libraryChanged();
  await page.findByTestId('album');
  await userEvent.click(page.getByTestId('album-new'));
  await userEvent.keyboard('iceland{Enter}');
  expect(await page.findByText(/There is an album “Iceland” already/)).toBeVisible();
  expect(fake.called('createAlbum')).toHaveLength(0);
  await waitFor(() => expect(library.shown.album).toBe('album-1'));
  expect(page.getByTestId('empty')).toHaveTextContent('Add to album');
});

it('takes pictures out of the album that is shown by Delete, and to the trash by Shift+Delete', async () => {
  const fake = await open();
  fake.shelf.create('Iceland');
  await fake.addToAlbum('album-1', [40, 39, 38]);
  await userEvent.click(await page.findByTestId('album'));
  await waitFor(() => expect(library.layout.count).toBe(3));
  selection.only(40);
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Delete}');
  expect(await page.findByText('Taken out of the album Iceland. The picture stays in the library.')).toBeVisible();
  expect(fake.called('deletePictures')).toHaveLength(0);
  await waitFor(() => expect(library.layout.count).toBe(2));
  selection.only(39);
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Shift>}{Delete}{/Shift}');
  await waitFor(() => expect(fake.called('deletePictures')).toEqual([[[39]]]));
});

it('names a tile under the mouse, and all tiles in the order of names', async () => {
  const fake = await open();
  const tile = document.querySelector('#tile-40') as HTMLElement;
  await waitFor(() => expect(tile.dataset['name']).toBe(fake.pictures.get(40)?.name));
  await userEvent.hover(tile);
  await waitFor(() => expect(document.querySelector('.tooltip')).toHaveTextContent(fake.pictures.get(40)?.name ?? ''));
  expect(page.queryByTestId('tile-caption')).toBeNull();
  await library.setSort('name');
  const shown = await page.findAllByTestId('tile-caption');
  expect(shown[0]).toHaveTextContent(/\.(jpg|png|webp)$/);
  await library.setSort('size');
  await waitFor(() => expect(page.getAllByTestId('tile-caption')[0]).toHaveTextContent(/^\d+(\.\d)? MB$/));
  await library.setSort('newest');
});
