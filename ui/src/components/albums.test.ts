import { cleanup, render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import App from '@/App.svelte';
import { engineError, type FakeIpc } from '@/ipc/fake';
import { drafts } from '@/stores/drafts.svelte';
import { library } from '@/stores/library.svelte';
import { screen } from '@/stores/screen.svelte';
import { selection } from '@/stores/selection.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { inspect } from '@/test/inspect';
import { bucketPlace } from '@/ipc/fake-places';
import { thisComputer } from '@/ipc/fake-start';
import { prepare } from '@/test/start';

async function open(): Promise<FakeIpc> {
  const fake = prepare();
  render(App);
  await page.findAllByTestId('tile');
  return fake;
}

it('puts a picture into a new album and takes it out again, and shows the album', async () => {
  const { fake, id } = await inspect();
  await userEvent.type(page.getByTestId('inspector-album'), 'Lofoten{Enter}');
  const within = await page.findByTestId('in-album');
  expect(within).toHaveTextContent('Lofoten');
  expect(fake.called('createAlbum')).toEqual([['Lofoten', [id]]]);
  expect(fake.called('addToAlbum')).toHaveLength(0);
  expect(page.getByTestId('inspector-album')).toHaveValue('');
  await userEvent.click(page.getByRole('button', { name: 'Take it out of the album Lofoten' }));
  await waitFor(() => expect(page.queryByTestId('in-album')).toBeNull());
  expect(fake.called('removeFromAlbum')).toEqual([['album-1', [id]]]);
});

it('lists the albums, and shows the pictures of the one that is clicked', async () => {
  const fake = await open();
  const { id } = fake.shelf.create('Lofoten');
  await fake.addToAlbum(id, [3, 5]);
  const entry = await page.findByTestId('album');
  await waitFor(() => expect(entry).toHaveTextContent('Lofoten 2'));
  await userEvent.click(entry);
  await waitFor(() => expect(library.layout.count).toBe(2));
  expect(entry).toHaveAttribute('aria-current', 'page');
  expect(page.getByTestId('scope-all')).not.toHaveAttribute('aria-current');
  await userEvent.click(page.getByTestId('scope-all'));
  await waitFor(() => expect(library.layout.count).toBe(40));
});

it('sorts albums as people do', async () => {
  const fake = await open();
  for (const name of ['Trip 10', 'trip 2', 'Äcker']) fake.shelf.create(name);
  fake.libraryChanged();
  await waitFor(() =>
    expect(page.getAllByTestId('album').map((entry) => entry.textContent?.trim())).toEqual([
      'Äcker',
      'trip 2',
      'Trip 10',
    ]),
  );
});

it('puts what is dropped on an open album into it, and says so', async () => {
  const fake = await open();
  const { id } = fake.shelf.create('Lofoten');
  await fake.addToAlbum(id, [3]);
  await userEvent.click(await page.findByTestId('album'));
  await waitFor(() => expect(library.layout.count).toBe(1));
  fake.drop({ kind: 'over' });
  expect(await page.findByTestId('drop-overlay')).toHaveTextContent('into the album “Lofoten”');
  fake.drop({ kind: 'drop', paths: ['/home/anna/a.jpg'] });
  await waitFor(() => expect(fake.called('uploadPaths')).toEqual([[['/home/anna/a.jpg'], id]]));
});

it('undoes and does again what was done last, but not while somebody types', async () => {
  const fake = await open();
  fake.turns = { undo: 'Favourite on 3 pictures', redo: null };
  fake.libraryChanged();
  await waitFor(() => expect(fake.called('editTurns').length).toBeGreaterThan(1));
  await userEvent.click(page.getByTestId('search'));
  await userEvent.keyboard('{Control>}z{/Control}');
  expect(fake.called('undo')).toHaveLength(0);

  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Control>}k{/Control}');
  const palette = await page.findByTestId('palette-input');
  await userEvent.type(palette, 'undo');
  expect(await page.findByText('Undo: Favourite on 3 pictures')).toBeVisible();
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(fake.called('undo')).toHaveLength(1));
  expect(await page.findByText('Undone: Favourite on 3 pictures.')).toBeVisible();

  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Control>}{Shift>}z{/Shift}{/Control}');
  await waitFor(() => expect(fake.called('redo')).toHaveLength(1));
  selection.clear();
  expect(within(document.body).getByText('Done again: Favourite on 3 pictures.')).toBeVisible();
});

async function withAlbums(...names: string[]): Promise<FakeIpc> {
  const fake = await open();
  for (const name of names) fake.shelf.create(name);
  fake.libraryChanged();
  await waitFor(() => expect(page.getAllByTestId('album')).toHaveLength(names.length));
  return fake;
}

const titles = () => page.queryAllByTestId('album').map((entry) => entry.textContent?.trim());

it('makes an album with its button', async () => {
  const fake = await open();
  await userEvent.click(page.getByTestId('album-new'));
  expect(page.getByTestId('album-name')).toHaveFocus();
  await userEvent.keyboard('Lofoten{Enter}');
  await waitFor(() => expect(titles()).toEqual(['Lofoten']));
  expect(fake.called('createAlbum')).toEqual([['Lofoten']]);
  expect(page.queryByTestId('album-name')).toBeNull();
});

it('renames an album by the keyboard, and changes nothing on Esc', async () => {
  const fake = await withAlbums('Lofoten', 'Sea');
  const [entry] = page.getAllByTestId('album');
  entry?.focus();
  await userEvent.keyboard('{F2}');
  const field = page.getByTestId('album-name');
  expect(field).toHaveValue('Lofoten');
  await userEvent.keyboard('Vesterålen{Escape}');
  expect(titles()).toEqual(['Lofoten', 'Sea']);
  expect(fake.called('renameAlbum')).toHaveLength(0);

  await waitFor(() => expect(page.getAllByTestId('album')[0]).toHaveFocus());
  await userEvent.keyboard('{F2}Vesterålen{Enter}');
  await waitFor(() => expect(titles()).toEqual(['Sea', 'Vesterålen']));
  expect(fake.called('renameAlbum')).toEqual([['album-1', 'Vesterålen']]);
  await waitFor(() => expect(page.getAllByTestId('album')[1]).toHaveFocus());
});

it('says once why a name is refused, and keeps what was typed', async () => {
  const fake = await withAlbums('Lofoten');
  fake.fail('renameAlbum', engineError('invalid_input', 'Album: a name has no line breaks.'));
  page.getByTestId('album').focus();
  await userEvent.keyboard('{F2}New{Enter}');
  await waitFor(() => expect(toasts.list).toHaveLength(1));
  await userEvent.tab();
  expect(fake.called('renameAlbum')).toHaveLength(1);
  expect(page.getByTestId('album-name')).toHaveValue('New');
});

it('deletes an album and none of the selected pictures, with a way back', async () => {
  const fake = await withAlbums('Lofoten', 'Sea');
  await fake.addToAlbum('album-1', [3, 5]);
  await userEvent.click(page.getAllByTestId('album')[0] as HTMLElement);
  await waitFor(() => expect(library.layout.count).toBe(2));
  selection.all();
  page.getAllByTestId('album')[0]?.focus();
  await userEvent.keyboard('{Delete}');
  await waitFor(() => expect(titles()).toEqual(['Sea']));
  expect(fake.called('deletePictures')).toHaveLength(0);
  await waitFor(() => expect(library.layout.count).toBe(40));
  expect(page.getAllByTestId('album')[0], 'the keyboard goes on').toHaveFocus();

  const toast = await page.findByText('Album Lofoten deleted. Its pictures stay in the library.');
  await userEvent.click(within(toast.closest('.toast') as HTMLElement).getByTestId('undo'));
  await waitFor(() => expect(titles()).toEqual(['Lofoten 2', 'Sea']));
  await waitFor(() => expect(library.layout.count).toBe(2));
});

it('undoes nothing else when something was done since', async () => {
  const fake = await withAlbums('Lofoten');
  page.getByTestId('album').focus();
  await userEvent.keyboard('{Delete}');
  const toast = await page.findByText(/^Album Lofoten deleted/);
  fake.turns = { undo: 'Favourite on 3 pictures', redo: null };
  await userEvent.click(within(toast.closest('.toast') as HTMLElement).getByTestId('undo'));
  expect(await page.findByText(/Something else was done since: Favourite on 3 pictures/)).toBeVisible();
  expect(fake.called('undo')).toHaveLength(0);
});

it('says that it is undone already when it was by its key, whatever was done before it', async () => {
  const fake = await withAlbums('Lofoten');
  page.getByTestId('album').focus();
  await userEvent.keyboard('{Delete}');
  const toast = await page.findByText(/^Album Lofoten deleted/);
  fake.turns = { undo: 'Favourite on 3 pictures', redo: fake.turns.undo };
  await userEvent.click(within(toast.closest('.toast') as HTMLElement).getByTestId('undo'));
  expect(await page.findByText('It is undone already.')).toBeVisible();
  expect(page.queryByText(/Something else was done since/)).toBeNull();
});

it('has a menu by a right click: to rename, to delete, and for the cover', async () => {
  const fake = await withAlbums('Lofoten');
  await fake.addToAlbum('album-1', [3, 5]);
  selection.only(5);
  await userEvent.pointer({ keys: '[MouseRight]', target: page.getByTestId('album') });
  await userEvent.click(await page.findByText('Cover'));
  await userEvent.click(await page.findByTestId('album-cover-selected'));
  await waitFor(() => expect(fake.called('setAlbumCover')).toEqual([['album-1', 5]]));
  await waitFor(() =>
    expect(page.getByTestId('album').querySelector('img')).toHaveAttribute('src', fake.thumbnailUrl('', 5)),
  );
  await userEvent.pointer({ keys: '[MouseRight]', target: page.getByTestId('album') });
  await userEvent.click(await page.findByTestId('album-rename'));
  expect(await page.findByTestId('album-name')).toHaveValue('Lofoten');
});

it('keeps the name of an album that was being typed when the app is left', async () => {
  const { fake, id } = await inspect();
  await userEvent.type(page.getByTestId('inspector-album'), 'Lofoten');
  expect(await drafts.saveAll()).toBe(true);
  expect(fake.called('createAlbum')).toEqual([['Lofoten', [id]]]);
});

const other = bucketPlace({
  endpoint: 'https://s3.example.com',
  region: 'eu-central-1',
  bucket: 'holiday',
  key_id: 'key',
  secret: 'secret',
  path_style: true,
});

const notes = () => Object.keys(localStorage).filter((key) => key.startsWith('album '));

it('has the name of a new album in its field again when its place was left from outside', async () => {
  const fake = await open();
  await userEvent.click(page.getByTestId('album-new'));
  await userEvent.keyboard('Lofo');
  fake.setState({ place: other });
  await waitFor(() => expect(page.queryByTestId('album-name')).toBeNull());
  fake.setState({ place: thisComputer });
  const field = await page.findByTestId('album-name');
  expect(field).toHaveValue('Lofo');
  // Nobody has asked for it: the keyboard stays where it is, and what is half typed isn't made by a click elsewhere.
  expect(field).not.toHaveFocus();
  expect(fake.called('createAlbum')).toHaveLength(0);
  await userEvent.type(field, 'ten{Enter}');
  await waitFor(() => expect(titles()).toEqual(['Lofoten']));
  expect(notes()).toEqual([]);
});

/** The app is killed, and started again; its library has these albums. */
async function again(...names: string[]): Promise<FakeIpc> {
  cleanup();
  const fake = prepare();
  for (const name of names) fake.shelf.create(name);
  render(App);
  await page.findAllByTestId('tile');
  return fake;
}

it('has another name of an album in its field again when the app was killed', async () => {
  await withAlbums('Lofoten');
  page.getByTestId('album').focus();
  await userEvent.keyboard('{F2}Veste');
  const fake = await again('Lofoten');
  const field = await page.findByTestId('album-name');
  expect(field).toHaveValue('Veste');
  expect(fake.called('renameAlbum')).toHaveLength(0);
  await userEvent.type(field, 'rålen{Enter}');
  await waitFor(() => expect(titles()).toEqual(['Vesterålen']));
  await again('Vesterålen');
  await waitFor(() => expect(titles()).toEqual(['Vesterålen']));
  expect(page.queryByTestId('album-name')).toBeNull();
});

it('offers the name that was typed for an album that is gone', async () => {
  await withAlbums('Lofoten');
  page.getByTestId('album').focus();
  await userEvent.keyboard('{F2}Veste');
  const fake = await again();
  const toast = await page.findByText(/“Veste”/);
  await userEvent.click(within(toast.closest('.toast') as HTMLElement).getByTestId('undo'));
  await waitFor(() => expect(fake.clipboard).toBe('Veste'));
  expect(notes()).toEqual([]);
});

it('has the name of a new album for selected pictures in its dialog again when the app was killed', async () => {
  await open();
  const dialog = async () => {
    selection.set([1, 2]);
    screen.open('new_album', [1, 2]);
    return page.findByTestId('new-album-name');
  };
  await userEvent.type(await dialog(), 'Lofo');
  screen.close();
  const fake = await again();
  expect(await page.findByText(/“Lofo”/)).toBeInTheDocument();
  const field = await dialog();
  expect(field).toHaveValue('Lofo');
  await userEvent.type(field, 'ten{Enter}');
  await waitFor(() => expect(fake.called('createAlbum')).toEqual([['Lofoten', [1, 2]]]));
  await waitFor(() => expect(notes()).toEqual([]));
});

it('forgets the name of an album that was put back with Esc', async () => {
  await withAlbums('Lofoten');
  page.getByTestId('album').focus();
  await userEvent.keyboard('{F2}Veste');
  expect(notes()).toHaveLength(1);
  await userEvent.keyboard('{Escape}');
  expect(notes()).toEqual([]);
});
