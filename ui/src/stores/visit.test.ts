/** In another place the same numbers are other pictures: nothing that was meant here happens there. */
import { fireEvent, render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import type { Ipc } from '@/ipc';
import type { FakeIpc } from '@/ipc/fake';
import { bucketPlace } from '@/ipc/fake-places';
import { thisComputer } from '@/ipc/fake-start';
import { prepare } from '@/test/start';
import { deletePictures, emptyTrash } from './actions';
import { albums } from './albums.svelte';
import { descriptions } from './descriptions.svelte';
import { PAUSE_MS } from './drafts.svelte';
import { library } from './library.svelte';
import { screen, type Dialog } from './screen.svelte';
import { selection } from './selection.svelte';
import { toasts } from './toasts.svelte';
import { turns } from './turns.svelte';
import { uploads } from './uploads.svelte';

const other = bucketPlace({
  endpoint: 'https://s3.example.com',
  region: 'eu-central-1',
  bucket: 'holiday',
  key_id: 'key',
  secret: 'secret',
  path_style: true,
});

let fake: FakeIpc;

beforeEach(async () => {
  fake = prepare();
  render(App);
  await page.findAllByTestId('tile');
});

/** Another process, or the person elsewhere in the window, goes to another place. */
const elsewhere = () => fake.setState({ place: other });

const ways: [string, (keyof Ipc)[], () => Promise<unknown>][] = [
  ['pictures that were deleted', ['restorePictures'], () => deletePictures([40])],
  [
    'uploads that were cancelled',
    ['uncancelUploads'],
    () => {
      const row = {
        id: 1,
        name: 'a.jpg',
        source: '/',
        size: 1,
        sent: 0,
        picture: null,
        finished_at: null,
        remark: null,
        elsewhere: false,
        replaces: null,
      };
      fake.setUploads([{ ...row, status: { kind: 'queued' } }]);
      return uploads.cancelAll();
    },
  ],
  [
    'descriptions that were cancelled',
    ['uncancelDescriptions'],
    async () => {
      await descriptions.ask([40]);
      await descriptions.cancel();
    },
  ],
  [
    'an album that was deleted',
    ['undo'],
    async () => {
      await albums.create('Lofoten');
      const album = albums.list[0];
      if (album) await albums.remove(album);
    },
  ],
  [
    'a name that was put back',
    ['editPicture'],
    async () => {
      selection.only(40);
      await userEvent.type(await page.findByTestId('inspector-name'), ' 2{Escape}');
    },
  ],
];

it.each(ways)('takes back nothing of another place: %s', async (_, calls, act) => {
  await act();
  await waitFor(() => expect(toasts.list.some((toast) => toast.action)).toBe(true));
  const run = toasts.list.find((toast) => toast.action)?.action?.run;
  const called = () => calls.flatMap((call) => fake.called(call));
  const before = called().length;
  elsewhere();
  // At once, not only with the next frame: a click may come in between.
  expect(toasts.list.filter((toast) => toast.action)).toEqual([]);
  run?.();
  await waitFor(() => expect(page.getAllByTestId('tile').length).toBeGreaterThan(0));
  expect(called()).toHaveLength(before);
});

it('offers no way back for what was answered only when the place was left', async () => {
  let answer = () => {};
  fake.deletePictures = () => new Promise((resolve) => (answer = resolve));
  const deleting = deletePictures([40]);
  elsewhere();
  answer();
  await deleting;
  expect(toasts.list).toEqual([]);
});

it('leaves what offers words that are kept nowhere else', () => {
  toasts.show('error', 'Not kept.', { action: { label: 'Copy what you typed', run() {} } });
  elsewhere();
  expect(toasts.list).toHaveLength(1);
});

it('lets go of what is selected and opened, and of what could be undone', async () => {
  selection.set([40, 39]);
  selection.cursor = 40;
  screen.viewing = 40;
  turns.next = { undo: 'Rating 4 on 40 pictures', redo: null };
  elsewhere();
  expect(selection.size).toBe(0);
  expect(selection.cursor).toBeUndefined();
  expect(screen.viewing).toBeUndefined();
  expect(turns.next.undo).toBeNull();
  expect(library.row(40)).toBeUndefined();
  expect(await page.findAllByTestId('tile')).not.toHaveLength(0);
});

it.each<Dialog>(['delete_forever', 'describe', 'new_album', 'free', 'upload_history', 'rebuild'])(
  'closes a dialog about what is in the place: %s',
  async (dialog) => {
    screen.open(dialog, [40]);
    await page.findByRole('dialog');
    elsewhere();
    expect(screen.dialog).toBeUndefined();
    expect(screen.subject).toEqual([]);
    await waitFor(() => expect(page.queryByRole('dialog')).toBeNull());
  },
);

it('closes a menu about a picture', async () => {
  await userEvent.pointer({ keys: '[MouseRight]', target: document.querySelector('#tile-40') as HTMLElement });
  await page.findByText('Add to album');
  elsewhere();
  await waitFor(() => expect(page.queryByText('Add to album')).toBeNull());
});

it('makes no album in another place of a name that was being typed', async () => {
  await userEvent.click(page.getByTestId('album-new'));
  await userEvent.type(await page.findByTestId('album-name'), 'Lofoten');
  const field = page.getByTestId('album-name');
  elsewhere();
  await fireEvent.blur(field);
  expect(fake.called('createAlbum')).toHaveLength(0);
  await waitFor(() => expect(page.queryByTestId('album-name')).toBeNull());
});

it('doesn’t offer the library for deleting when the trash was meant that has been left', async () => {
  const emptying = emptyTrash();
  elsewhere();
  await emptying;
  await page.findAllByTestId('tile');
  expect(screen.dialog).toBeUndefined();
});

it('shows no row that was asked for in the place before', async () => {
  const rows = fake.libraryRows;
  const answers: (() => void)[] = [];
  const asked: Promise<void>[] = [];
  fake.libraryRows = async (...args) => {
    const old = (await rows(...args)).map((row) => ({ ...row, name: 'Of the other place.jpg' }));
    const answer = new Promise<void>((resolve) => answers.push(resolve));
    asked.push(answer);
    await answer;
    return old;
  };
  elsewhere();
  await waitFor(() => expect(answers.length).toBeGreaterThan(0));
  fake.libraryRows = rows;
  fake.setState({ place: thisComputer });
  await waitFor(() => expect(library.row(40)).toBeDefined());
  answers.forEach((answer) => answer());
  await Promise.all(asked);
  await library.load();
  expect(library.row(40)?.name).toBe(fake.pictures.get(40)?.name);
});

it('keeps words that were being typed with their own picture: when the place is open again', async () => {
  selection.only(40);
  const field = await page.findByTestId('inspector-description');
  await userEvent.clear(field);
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    await userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) }).type(field, 'Mine');
    const before = fake.called('editPicture').length;
    elsewhere();
    await vi.advanceTimersByTimeAsync(2 * PAUSE_MS);
    expect(fake.called('editPicture')).toHaveLength(before);
    expect(page.queryByTestId('inspector-description')).toBeNull();
    fake.setState({ place: thisComputer });
    await waitFor(() => expect(fake.pictures.get(40)?.description).toBe('Mine'));
  } finally {
    vi.useRealTimers();
  }
});

it('says for which library it asks, before anything is asked there', () => {
  const first = fake.meant;
  expect(first).toBe(fake.state.library);
  elsewhere();
  expect(fake.meant).toBe(fake.state.library);
  expect(fake.meant).not.toBe(first);
});
