import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import { engineError } from '@/ipc/fake';
import { prepare } from '@/test/start';
import { rate, toggleFavourite } from './actions';
import { goTo } from './commands';
import { library } from './library.svelte';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';
import { ERROR_MS, toasts } from './toasts.svelte';

const said = () => toasts.list.map((toast) => toast.message);

/** The whole window, with a library on screen. */
async function open(options = {}) {
  prepare(options);
  render(App);
}

beforeEach(() => vi.spyOn(console, 'error').mockImplementation(() => {}));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('ends an error after a while, but not while somebody reads it', () => {
  vi.useFakeTimers();
  toasts.error({ message: 'The disk is full.' });
  vi.advanceTimersByTime(ERROR_MS - 1);
  expect(said()).toEqual(['The disk is full.']);
  toasts.hold();
  toasts.hold();
  vi.advanceTimersByTime(10 * ERROR_MS);
  expect(said()).toEqual(['The disk is full.']);
  toasts.release();
  vi.advanceTimersByTime(ERROR_MS);
  expect(said()).toEqual([]);
});

it('keeps what offers words that are kept nowhere else until it is dismissed', () => {
  vi.useFakeTimers();
  toasts.show('error', 'Not kept.', { action: { label: 'Copy what you typed', run() {} } });
  for (const name of ['a', 'b', 'c', 'd']) toasts.error({ message: name });
  vi.advanceTimersByTime(10 * ERROR_MS);
  expect(said()).toEqual(['Not kept.']);
});

it('shows three at most, equal ones once, and of what was done the newest', () => {
  for (const name of ['a', 'b', 'c', 'd', 'd']) toasts.error({ message: name });
  expect(said()).toEqual(['b', 'c', 'd']);
  toasts.clear();
  toasts.show('success', 'Link copied.');
  toasts.show('success', 'Restored.');
  expect(said()).toEqual(['Restored.']);
});

it('ends errors when somebody goes elsewhere, and those of a dialog with it', async () => {
  await open();
  await page.findAllByTestId('tile');
  toasts.error({ message: 'The album could not be renamed.' });
  goTo('favourites');
  await waitFor(() => expect(said()).toEqual([]));
  toasts.error({ message: 'The store can’t be reached.' });
  screen.openSettings('storage');
  await page.findByTestId('settings');
  toasts.error({ message: 'The setting could not be kept.' });
  screen.close();
  await waitFor(() => expect(said()).toEqual(['The store can’t be reached.']));
});

it('stands above a dialog in room of its own, and takes no click that is meant for it', async () => {
  await open();
  await page.findAllByTestId('tile');
  toasts.show('info', 'Said before.');
  expect((await page.findByTestId('toast')).closest('[role=dialog]')).toBeNull();
  screen.openSettings('storage');
  const dialog = await page.findByTestId('settings');
  const toast = await within(dialog).findByText('Said before.');
  expect(toast.closest('.box'), 'not over the dialog’s own contents').toBeNull();
  expect(page.getAllByTestId('toast')).toHaveLength(1);
  await userEvent.click(within(dialog).getByRole('button', { name: 'Dismiss' }));
  expect(said()).toEqual([]);
  expect(screen.dialog).toBe('settings');
});

it('stands in the flow of the welcome, beside nothing that is pressed there', async () => {
  await open({ place: false, pictures: 0 });
  const welcome = await page.findByTestId('welcome');
  toasts.show('success', 'This computer is forgotten.');
  const toast = await within(welcome).findByTestId('toast');
  expect(toast.closest('.toasts')).toHaveClass('flow');
});

it('doesn’t call it an error when something is asked of a place that has just been forgotten', async () => {
  const fake = prepare();
  render(App);
  await page.findAllByTestId('tile');
  const gone = engineError('no_place', 'Choose first where your pictures are to live. Nothing was changed.');
  fake.fail('libraryNews', gone);
  fake.fail('albums', gone);
  fake.setState({ place: null });
  fake.libraryChanged();
  await page.findByTestId('welcome');
  await waitFor(() => expect(console.error).toHaveBeenCalled());
  expect(said()).toEqual([]);
});

it('says once which picture is in the trash, until it is restored or the person goes on to another one', async () => {
  const fake = prepare();
  render(App);
  await page.findAllByTestId('tile');
  const refusal = { code: 'invalid_input', message: 'This picture is in the trash. Restore it first.' } as const;
  fake.fail('editPictures', { ...refusal, reason: 'library_in_trash' });
  const [id, other] = [library.idAt(0) ?? 0, library.idAt(1) ?? 0];
  await waitFor(() => expect(library.row(id)).toBeDefined());
  const { name } = library.row(id) ?? {};
  const picture = fake.pictures.get(id);
  const refuse = async () => {
    Object.assign(picture ?? {}, { deleted_at: '2026-01-01T00:00:00Z' });
    await toggleFavourite([id]);
    await rate([id], 3);
    expect(said()).toEqual([`“${name}”: ${refusal.message}`]);
  };
  await refuse();
  Object.assign(picture ?? {}, { deleted_at: null });
  library.revision++;
  await waitFor(() => expect(said()).toEqual([]));
  selection.only(id);
  await refuse();
  library.revision++;
  await page.findAllByTestId('tile');
  expect(said()).toHaveLength(1);
  selection.only(other);
  await waitFor(() => expect(said()).toEqual([]));
});
