import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { engineError, type FakeIpc, type FakeOptions } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { selection } from '@/stores/selection.svelte';
import { UNDO_MS } from '@/stores/toasts.svelte';
import { prepare } from '@/test/start';
import App from './App.svelte';

/** The whole window, with a library on screen. */
async function open(options: FakeOptions = {}): Promise<FakeIpc> {
  const fake = prepare(options);
  render(App);
  if (fake.pictures.size > 0) await page.findAllByTestId('tile');
  return fake;
}

const tiles = () => page.getAllByTestId('tile');
const tile = (index: number) =>
  tiles().find((each) => each.getAttribute('aria-posinset') === String(index + 1)) as HTMLElement;

afterEach(() => vi.useRealTimers());

it('goes from the welcome to an empty library in one click', async () => {
  prepare({ place: false, pictures: 0 });
  render(App);
  await userEvent.click(await page.findByTestId('choose-this-computer'));
  expect(await page.findByText('Drop pictures anywhere')).toBeVisible();
});

it('says that it is under way until the engine has answered', async () => {
  const fake = prepare();
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  const { appState } = fake;
  fake.appState = async () => {
    await asked;
    return appState();
  };
  render(App);
  expect(page.getByRole('main')).toHaveAttribute('aria-busy', 'true');
  expect(page.getByRole('heading', { level: 1 })).toHaveTextContent('Image Manager');
  answer();
  await page.findAllByTestId('tile');
});

it('says so when the engine can’t be asked', async () => {
  const fake = prepare();
  fake.fail(
    'appState',
    engineError('catalogue_newer', 'This library was written by a newer version. Nothing was changed; update the app.'),
  );
  render(App);
  expect(await page.findByRole('alert')).toHaveTextContent('written by a newer version');
});

it('shows tiles by their alt text, and names formats that it can’t draw', async () => {
  const fake = await open({ pictures: 200 });
  await waitFor(() => expect(tile(0)).toHaveAccessibleName(/.+/));
  const heic = [...fake.pictures.values()].find((picture) => picture.format === 'heic');
  expect(heic).toBeDefined();
  await library.setText(heic?.name ?? '');
  await waitFor(() => expect(page.getAllByText('HEIC').length).toBeGreaterThan(0));
});

it('draws only what is near the view', async () => {
  await open({ pictures: 20_000 });
  expect(page.getByTestId('grid')).toHaveAttribute('data-count', '20000');
  expect(tiles().length).toBeLessThan(150);
});

it('selects with the mouse and with the keyboard, and says how many', async () => {
  await open();
  await userEvent.click(tile(2));
  expect(tile(2)).toHaveAttribute('aria-selected', 'true');
  expect(page.getByTestId('selection-bar')).toHaveTextContent('1 selected');
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Shift>}{ArrowRight}{ArrowRight}{/Shift}');
  expect(selection.size).toBe(3);
  expect(page.getByTestId('grid')).toHaveAttribute('aria-activedescendant', tile(4).id);
  await userEvent.keyboard('{Control>}a{/Control}');
  expect(selection.size).toBe(40);
  await userEvent.keyboard('{Escape}');
  expect(selection.size).toBe(0);
  expect(page.queryByTestId('selection-bar')).toBeNull();
});

it('deletes, and takes it back', async () => {
  const fake = await open();
  const id = Number(tile(1).dataset['id']);
  await userEvent.click(tile(1));
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Delete}');
  expect(fake.pictures.get(id)?.deleted_at).not.toBeNull();
  await waitFor(() => expect(library.indexOf(id)).toBe(-1));
  await userEvent.click(await page.findByTestId('undo'));
  expect(fake.called('restorePictures')).toEqual([[[id]]]);
  await waitFor(() => expect(library.indexOf(id)).toBe(1));
  expect(page.queryByTestId('undo')).toBeNull();
});

it('goes on with the next picture when some are deleted by the keyboard', async () => {
  const fake = await open();
  const ids = [...library.layout.ids];
  await userEvent.click(tile(1));
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Shift>}{ArrowRight}{ArrowRight}{/Shift}{Delete}');
  expect([...selection.ids]).toEqual([ids[4]]);
  await userEvent.keyboard('{Delete}');
  expect(fake.called('deletePictures')).toEqual([[[ids[1], ids[2], ids[3]]], [[ids[4]]]]);
  expect([...selection.ids]).toEqual([ids[5]]);
});

it('offers to undo for ten seconds, not shorter while the pointer is on it', async () => {
  await open();
  await userEvent.click(tile(1));
  vi.useFakeTimers();
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  await user.click(page.getByTestId('delete'));
  await vi.advanceTimersByTimeAsync(UNDO_MS - 500);
  expect(page.getByTestId('undo')).toBeVisible();
  await user.pointer({ target: page.getByTestId('undo'), coords: { screenX: 900, screenY: 700 } });
  await vi.advanceTimersByTimeAsync(UNDO_MS);
  expect(page.getByTestId('undo')).toBeVisible();
  await user.pointer({ target: document.body, coords: { screenX: 10, screenY: 10 } });
  await vi.advanceTimersByTimeAsync(UNDO_MS);
  expect(page.queryByTestId('undo')).toBeNull();
});

it('puts pictures back on screen when deleting is refused, and says why', async () => {
  const fake = await open();
  fake.fail('deletePictures', engineError('disk', 'The catalogue could not be written. Nothing was deleted.'));
  const id = Number(tile(0).dataset['id']);
  await userEvent.click(tile(0));
  await userEvent.click(page.getByTestId('delete'));
  expect(await page.findByRole('alert')).toHaveTextContent('Nothing was deleted.');
  await waitFor(() => expect(library.indexOf(id)).toBe(0));
});

it('keeps an error on screen until it is dismissed, and says each only once', async () => {
  const fake = await open();
  fake.notice({ kind: 'error', message: 'The store refused the picture.' });
  fake.notice({ kind: 'error', message: 'The store refused the picture.' });
  const alert = await page.findByRole('alert');
  expect(page.getAllByRole('alert')).toHaveLength(1);
  await userEvent.click(within(alert).getByRole('button', { name: 'Dismiss' }));
  expect(page.queryByRole('alert')).toBeNull();
});

it('deletes forever only after asking', async () => {
  const fake = await open();
  const id = Number(tile(0).dataset['id']);
  await fake.deletePictures([id]);
  await userEvent.click(page.getByTestId('scope-trash'));
  await waitFor(() => expect(page.getByTestId('grid')).toHaveAttribute('data-count', '1'));
  await userEvent.click(tile(0));
  await userEvent.click(page.getByTestId('delete-forever'));
  expect(fake.called('deleteForever')).toHaveLength(0);
  await userEvent.click(await page.findByTestId('delete-forever-confirm'));
  expect(fake.called('deleteForever')).toEqual([[[id]]]);
  expect(await page.findByText('The trash is empty')).toBeVisible();
});

it('takes what is dropped anywhere, and shows that it would', async () => {
  const fake = await open();
  fake.drop({ kind: 'over' });
  expect(await page.findByTestId('drop-overlay')).toHaveTextContent('Drop to upload');
  fake.drop({ kind: 'drop', paths: ['/home/anna/a.jpg', '/home/anna/b.jpg'] });
  await waitFor(() => expect(page.queryByTestId('drop-overlay')).toBeNull());
  expect(fake.called('uploadPaths')).toEqual([[['/home/anna/a.jpg', '/home/anna/b.jpg'], undefined]]);
  expect(await page.findAllByTestId('upload-row')).toHaveLength(2);
});

it('uploads what is pasted, but not while somebody types', async () => {
  const fake = await open();
  await userEvent.click(page.getByTestId('search'));
  await userEvent.keyboard('{Control>}v{/Control}');
  expect(fake.called('uploadClipboard')).toHaveLength(0);
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Control>}v{/Control}');
  expect(fake.called('uploadClipboard')).toHaveLength(1);
});

it('searches as one types, and says what to do when nothing matches', async () => {
  await open();
  await userEvent.type(page.getByTestId('search'), 'zebra crossing');
  expect(await page.findByText('Nothing matches “zebra crossing”')).toBeVisible();
  await userEvent.click(within(page.getByTestId('empty')).getByRole('button', { name: 'Clear search' }));
  await waitFor(() => expect(tiles().length).toBeGreaterThan(1));
});

it('opens a picture, moves on, and comes back to it', async () => {
  await open();
  await userEvent.dblClick(tile(1));
  const viewer = await page.findByTestId('viewer');
  expect(viewer).toHaveAttribute('data-id', String(library.idAt(1)));
  await userEvent.keyboard('{ArrowRight}');
  await waitFor(() => expect(viewer).toHaveAttribute('data-id', String(library.idAt(2))));
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(page.queryByTestId('viewer')).toBeNull());
  expect(selection.single).toBe(library.idAt(2));
});

it('runs commands from the palette', async () => {
  const fake = await open();
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Control>}k{/Control}');
  await userEvent.type(await page.findByTestId('palette-input'), 'dark{Enter}');
  await waitFor(() => expect(fake.current.theme).toBe('dark'));
  await waitFor(() => expect(document.documentElement.dataset['theme']).toBe('dark'));
});

it('asks before a batch is sent, names the host, and leaves out what is described', async () => {
  const fake = await open();
  await userEvent.click(tile(0));
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Control>}a{/Control}d');
  const dialog = await page.findByTestId('describe-dialog');
  expect(dialog).toHaveTextContent('api.openai.com');
  expect(await page.findByText(/that have a description already/)).toBeVisible();
  await waitFor(() => expect(page.getByTestId('describe-cost')).toHaveTextContent(/^About \$\d+\.\d\d, and about /));
  await userEvent.type(page.getByTestId('describe-prompt'), 'Name the plants');
  await userEvent.click(page.getByTestId('describe-start'));
  const [ids, prompt] = fake.called('describePictures')[0] as [number[], string];
  expect(prompt).toBe('Name the plants');
  expect(ids.length).toBeGreaterThan(0);
  expect(ids.some((id) => fake.pictures.get(id)?.description)).toBe(false);
});

it('offers to sign in again when the session has ended', async () => {
  const fake = await open();
  await fake.signIn({ service: 'https://pictures.example.com', username: 'anna', password: 'x' });
  fake.setState({ connection: { status: 'signed_out' } });
  await userEvent.click(within(await page.findByTestId('signed-out-banner')).getByRole('button', { name: 'Sign in' }));
  await userEvent.type(await page.findByTestId('account-password'), 'correct horse');
  await userEvent.click(page.getByTestId('account-submit'));
  await waitFor(() => expect(page.queryByTestId('signed-out-banner')).toBeNull());
  expect(fake.called('signIn')[1]).toEqual([
    { service: 'https://pictures.example.com', username: 'anna', password: 'correct horse' },
  ]);
});
