/** What the keyboard reaches, and what its keys mean where somebody types. */
import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { selection } from '@/stores/selection.svelte';
import { prepare } from '@/test/start';

/** What the web view does with the text of a field; the test's browser has no such thing. */
const turned: string[] = [];

beforeEach(() => {
  turned.length = 0;
  document.execCommand = (command) => turned.push(command) > 0;
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function open(): Promise<FakeIpc> {
  const fake = prepare();
  render(App);
  await page.findAllByTestId('tile');
  fake.turns = { undo: 'Favourite on 3 pictures', redo: 'Favourite on 3 pictures' };
  fake.libraryChanged();
  return fake;
}

it('undoes and redoes text where somebody types, and nothing else', async () => {
  const fake = await open();
  await userEvent.click(page.getByTestId('search'));
  await userEvent.keyboard('{Control>}z{/Control}{Control>}{Shift>}z{/Shift}{/Control}{Control>}y{/Control}');
  expect(turned).toEqual(['undo', 'redo', 'redo']);
  expect(fake.called('undo')).toHaveLength(0);
});

it('undoes and redoes what was done to pictures elsewhere, with Ctrl+Y as well', async () => {
  const fake = await open();
  await waitFor(() => expect(fake.called('editTurns').length).toBeGreaterThan(1));
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Control>}z{/Control}');
  await waitFor(() => expect(fake.called('undo')).toHaveLength(1));
  await waitFor(() => expect(fake.called('editTurns').length).toBeGreaterThan(2));
  await userEvent.keyboard('{Control>}y{/Control}');
  await waitFor(() => expect(fake.called('redo')).toHaveLength(1));
  expect(turned).toEqual([]);
});

it('says that nothing was undone where all of it was changed since', async () => {
  const fake = await open();
  await waitFor(() => expect(fake.called('editTurns').length).toBeGreaterThan(1));
  fake.undo = () => Promise.resolve({ title: 'Favourite on 3 pictures', pictures: 0, left: 3, done: false });
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Control>}z{/Control}');
  expect(await page.findByText(/^Nothing was undone: Favourite on 3 pictures\./)).toBeVisible();
  expect(page.queryByText(/^Undone/)).toBeNull();
});

it('reaches albums with Tab, and has their menu by a key', async () => {
  const fake = await open();
  fake.shelf.create('Lofoten');
  fake.libraryChanged();
  const entry = await page.findByTestId('album');
  page.getByTestId('album-new').focus();
  await userEvent.tab();
  expect(entry).toHaveFocus();
  await userEvent.keyboard('{Shift>}{F10}{/Shift}');
  expect(await page.findByTestId('album-rename')).toBeVisible();
});

it.each(['{ContextMenu}', '{Shift>}{F10}{/Shift}'])('has the menu of what is selected by %s', async (keys) => {
  await open();
  selection.only(library.idAt(3) ?? 0);
  page.getByTestId('grid').focus();
  await userEvent.keyboard(keys);
  expect(await page.findByText('Copy link as')).toBeVisible();
});
