import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { selection } from '@/stores/selection.svelte';
import { inspect } from '@/test/inspect';
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
  expect(fake.called('createAlbum')).toEqual([['Lofoten']]);
  expect(fake.called('addToAlbum')).toEqual([['album-1', [id]]]);
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
