import { render, screen as page, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UploadRow, UploadStatus, UploadSummary } from '@/ipc';
import type { FakeIpc, FakeOptions } from '@/ipc/fake';
import { app } from '@/stores/app.svelte';
import { FOLD_MS } from '@/stores/folding';
import { screen } from '@/stores/screen.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { uploads } from '@/stores/uploads.svelte';
import { start } from '@/test/start';
import UploadsPanel from './UploadsPanel.svelte';

let next = 1;
function row(status: UploadStatus, change: Partial<UploadRow> = {}): UploadRow {
  const id = next++;
  return {
    id,
    name: `picture ${id}.jpg`,
    source: '/home/anna',
    size: 8_000_000,
    sent: 0,
    status,
    picture: null,
    finished_at: null,
    remark: null,
    elsewhere: false,
    replaces: null,
    ...change,
  };
}

/** The panel with these rows, once it shows the first of them. */
async function panel(
  rows: UploadRow[],
  summary: Partial<UploadSummary> = {},
  options: FakeOptions = {},
): Promise<FakeIpc> {
  const fake = await start(options);
  fake.setUploads(rows, summary);
  uploads.open = true;
  render(UploadsPanel);
  await vi.waitFor(() => expect(uploads.any).toBe(true));
  return fake;
}

const find = async (name: string) =>
  (await within(page.getByTestId('uploads')).findByText(name)).closest('li') as HTMLElement;
const names = () => page.getAllByTestId('upload-row').map((item) => item.dataset['name']);
const lost = (name: string, message = 'The store answered 403.', retryable = true, reason = message) =>
  row({ kind: 'failed', code: 'store_refused', message, reason, retryable }, { name });

it('shows a row for each file, with its state in words', async () => {
  await panel([
    row({ kind: 'queued' }, { name: 'queued.jpg' }),
    row({ kind: 'paused' }, { name: 'paused.jpg' }),
    row({ kind: 'sending' }, { name: 'sending.jpg', sent: 3_440_000 }),
    row({ kind: 'verifying' }, { name: 'verifying.jpg' }),
    row({ kind: 'verified' }, { name: 'verified.jpg', picture: 3 }),
    row({ kind: 'duplicate' }, { name: 'duplicate.jpg', picture: 4 }),
    row({ kind: 'cancelled' }, { name: 'cancelled.jpg' }),
    row({ kind: 'failed', code: 'empty_file', message: 'The file is empty.', retryable: false }, { name: 'empty.jpg' }),
  ]);
  expect(await find('queued.jpg')).toHaveTextContent('Waiting');
  expect(await find('paused.jpg')).toHaveTextContent('Paused');
  expect(await find('sending.jpg')).toHaveTextContent('43 % · 3.4 MB of 8 MB');
  expect(within(await find('sending.jpg')).getByRole('progressbar')).toHaveAttribute('aria-valuenow', '43');
  expect(await find('verifying.jpg')).toHaveTextContent('Verifying');
  expect(await find('verified.jpg')).toHaveTextContent('Verified');
  expect(await find('duplicate.jpg')).toHaveTextContent('Already here');
  expect(await find('cancelled.jpg')).toHaveTextContent('Cancelled');
  expect(await find('empty.jpg')).toHaveTextContent('The file is empty.');
});

it('invents no progress of what another window or a command sends', async () => {
  await panel([row({ kind: 'sending' }, { name: 'theirs.jpg', elsewhere: true })]);
  expect(await find('theirs.jpg')).toHaveTextContent('Being sent by another window or command');
  expect(within(await find('theirs.jpg')).queryByRole('progressbar')).toBeNull();
});

it('shows the progress of all: how much, how fast, how long still', async () => {
  await panel([row({ kind: 'sending' })], {
    active: true,
    total: 40,
    verified: 11,
    duplicates: 1,
    bytes_total: 100_000_000,
    bytes_sent: 25_000_000,
    speed: 7_400_000,
    seconds_left: 130,
  });
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('Uploading 12 of 40');
  expect(page.getByTestId('uploads-details')).toHaveTextContent('25 MB of 100 MB · 7.4 MB/s · 2 min');
  expect(page.getByRole('progressbar', { name: 'All uploads' })).toHaveAttribute('aria-valuenow', '25');
});

it('pauses and resumes all, and says why it waits', async () => {
  const fake = await panel([row({ kind: 'queued' })]);
  await userEvent.click(page.getByRole('button', { name: 'Pause uploads' }));
  expect(fake.called('pauseUploads')).toHaveLength(1);
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('Paused at 0 of 1');
  await userEvent.click(page.getByRole('button', { name: 'Resume uploads' }));
  expect(fake.called('resumeUploads')).toHaveLength(1);
  fake.setUploads(fake.uploads, { waiting: 'Waiting for the network.', waiting_code: 'store_unreachable' });
  expect(await page.findByText('Waiting for the network.')).toBeVisible();
  expect(page.queryByTestId('uploads-anyway')).toBeNull();
});

it('lets a person upload on a metered connection after all', async () => {
  const fake = await panel([row({ kind: 'queued' })], {
    waiting: 'This connection is metered.',
    waiting_code: 'metered_connection',
  });
  await userEvent.click(await page.findByRole('button', { name: 'Upload anyway' }));
  expect(fake.called('changeSettings')).toEqual([[{ wait_on_metered: false }]]);
  expect(app.settings?.wait_on_metered).toBe(false);
});

it('pauses and resumes one file, and says how many are paused', async () => {
  const fake = await panel([
    row({ kind: 'queued' }, { name: 'one.jpg' }),
    row({ kind: 'queued' }, { name: 'two.jpg' }),
  ]);
  await find('one.jpg');
  await userEvent.click(page.getByRole('button', { name: 'Pause one.jpg' }));
  expect(fake.called('holdUploads')).toEqual([[[fake.uploads[0]?.id]]]);
  await vi.waitFor(async () => expect(await find('one.jpg')).toHaveTextContent('Paused'));
  expect(page.getByTestId('uploads-details')).toHaveTextContent('1 paused');
  expect(page.getByRole('button', { name: 'Pause uploads' })).toBeVisible();
  await userEvent.click(page.getByRole('button', { name: 'Pause uploads' }));
  await userEvent.click(await page.findByRole('button', { name: 'Resume uploads' }));
  await vi.waitFor(() => expect(page.getByRole('button', { name: 'Pause uploads' })).toBeVisible());
  expect(await find('one.jpg')).toHaveTextContent('Paused');
  await userEvent.click(page.getByRole('button', { name: 'Resume 1 paused' }));
  await vi.waitFor(async () => expect(await find('one.jpg')).toHaveTextContent('Waiting'));
});

it('cancels all with a way back, to each as it was', async () => {
  const fake = await panel([
    row({ kind: 'queued' }, { name: 'one.jpg' }),
    row({ kind: 'paused' }, { name: 'two.jpg' }),
    row({ kind: 'verified' }, { name: 'safe.jpg' }),
  ]);
  await userEvent.click(page.getByTestId('uploads-cancel'));
  await vi.waitFor(() => expect(toasts.list.map((toast) => toast.message)).toEqual(['2 uploads cancelled']));
  await vi.waitFor(async () => expect(await find('one.jpg')).toHaveTextContent('Cancelled'));
  toasts.list[0]?.action?.run();
  await vi.waitFor(async () => expect(await find('one.jpg')).toHaveTextContent('Waiting'));
  expect(await find('two.jpg')).toHaveTextContent('Paused');
  expect(fake.called('uncancelUploads')).toHaveLength(1);
});

it('tries what was cancelled again, one or all', async () => {
  const fake = await panel([
    row({ kind: 'cancelled' }, { name: 'one.jpg' }),
    row({ kind: 'cancelled' }, { name: 'two.jpg' }),
  ]);
  await find('one.jpg');
  expect(page.getByRole('button', { name: 'Retry one.jpg' })).toBeVisible();
  await userEvent.click(page.getByRole('button', { name: 'Retry 2 cancelled' }));
  expect(fake.called('retryCancelledUploads')).toHaveLength(1);
  await vi.waitFor(async () => expect(await find('two.jpg')).toHaveTextContent('Waiting'));
});

it('cancels one, retries what can be retried, and nothing else', async () => {
  const waiting = row({ kind: 'queued' }, { name: 'waiting.jpg' });
  const gone = lost('gone.jpg', 'No answer.');
  const fake = await panel([waiting, gone, lost('broken.jpg', 'Broken.', false)]);
  expect(within(await find('broken.jpg')).queryByRole('button')).toBeNull();
  await userEvent.click(page.getByRole('button', { name: 'Retry gone.jpg' }));
  expect(fake.called('retryUpload')).toEqual([[gone.id]]);
  await find('waiting.jpg');
  await userEvent.click(page.getByRole('button', { name: 'Cancel waiting.jpg' }));
  expect(fake.called('cancelUpload')).toEqual([[waiting.id]]);
});

it('gathers failures by their reason and retries a group', async () => {
  const files = Array.from({ length: 30 }, (_, index) => lost(`refused-${index}.jpg`));
  const fake = await panel([...files, lost('alone.jpg', 'alone.jpg is not a picture.', false)]);
  const group = await page.findByTestId('upload-group');
  expect(group).toHaveTextContent('30 files were not uploaded');
  expect(group).toHaveTextContent('The store answered 403.');
  expect(names()).toEqual(['alone.jpg']);
  await userEvent.click(within(group).getByRole('button', { name: 'Show files' }));
  expect(within(group).getAllByTestId('upload-row')).toHaveLength(20);
  expect(group).toHaveTextContent('and 10 more');
  await userEvent.click(within(group).getByRole('button', { name: 'Retry' }));
  expect(fake.called('retryUploadGroup')).toEqual([['store_refused', 'The store answered 403.']]);
  await vi.waitFor(() => expect(page.queryByTestId('upload-group')).toBeNull());
  expect(uploads.unfinished).toBe(30);
});

it('shows only what failed when asked to', async () => {
  await panel([row({ kind: 'verified' }), lost('lost.jpg'), row({ kind: 'verified' })]);
  await find('lost.jpg');
  await vi.waitFor(() => expect(names()).toHaveLength(3));
  await userEvent.click(page.getByRole('radio', { name: '1 failed' }));
  expect(names()).toEqual(['lost.jpg']);
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('1 file was not uploaded');
});

it('lists the queue in its order, then what failed, then what is done, newest first', async () => {
  await panel([
    row({ kind: 'verified' }, { name: 'old' }),
    row({ kind: 'sending' }, { name: 'moves' }),
    row({ kind: 'duplicate' }, { name: 'new' }),
    row({ kind: 'queued' }, { name: 'waits' }),
    lost('lost'),
  ]);
  await vi.waitFor(() => expect(names()).toEqual(['moves', 'waits', 'lost', 'new', 'old']));
});

it('moves files by the keyboard, and the focus goes with them', async () => {
  const fake = await panel(['a', 'b', 'c', 'd'].map((name) => row({ kind: 'queued' }, { name })));
  await vi.waitFor(() => expect(names()).toEqual(['a', 'b', 'c', 'd']));
  within(await find('c'))
    .getByTestId('upload-grip')
    .focus();
  await userEvent.keyboard('{ArrowUp}');
  await vi.waitFor(() => expect(names()).toEqual(['a', 'c', 'b', 'd']));
  expect(await page.findByText('c is number 2 of 4 now')).toBeInTheDocument();
  expect(within(await find('c')).getByTestId('upload-grip')).toHaveFocus();
  await userEvent.keyboard('{End}');
  await vi.waitFor(() => expect(names()).toEqual(['a', 'b', 'd', 'c']));
  await userEvent.keyboard('{Home}');
  await vi.waitFor(() => expect(names()).toEqual(['c', 'a', 'b', 'd']));
  await userEvent.keyboard('{ArrowDown}');
  await vi.waitFor(() => expect(names()).toEqual(['a', 'c', 'b', 'd']));
  expect(fake.called('moveUploads').map(([, to]) => (to as { to: string }).to)).toEqual([
    'up',
    'last',
    'first',
    'down',
  ]);
});

it('moves a file that is dragged', async () => {
  const fake = await panel(['a', 'b', 'c'].map((name) => row({ kind: 'queued' }, { name })));
  const grip = within(await find('a')).getByTestId('upload-grip');
  grip.setPointerCapture = () => undefined;
  const pointer = (type: string, clientY: number) =>
    grip.dispatchEvent(new MouseEvent(type, { clientY, button: 0, bubbles: true }));
  pointer('pointerdown', 10);
  pointer('pointermove', 12);
  expect(page.getByTestId('uploads-list').querySelector('.gap')).toBeNull();
  pointer('pointermove', 100);
  await vi.waitFor(() => expect(page.getByTestId('uploads-list').querySelector('.gap')).not.toBeNull());
  pointer('pointerup', 100);
  await vi.waitFor(() => expect(names()).toEqual(['b', 'a', 'c']));
  expect(fake.called('moveUploads')).toHaveLength(1);
});

it('says first what is safe, and counts what is no picture apart', async () => {
  await panel(
    [
      row({ kind: 'verified' }),
      row({ kind: 'duplicate' }),
      lost('lost.jpg'),
      row({ kind: 'left_alone' }, { name: 'film.mp4' }),
    ],
    { left_alone: 26 },
  );
  const headline = '2 pictures are safe · 1 file was not uploaded · 26 other files left alone';
  expect(page.getByTestId('uploads-headline')).toHaveTextContent(headline);
  await vi.waitFor(() => expect(names()).toHaveLength(3));
  expect(names()).not.toContain('film.mp4');
  await userEvent.click(page.getByTestId('uploads-left-alone'));
  expect(screen.dialog).toBe('left_alone');
});

it('says that it speaks of the last upload where more is listed, and counts the rest apart', async () => {
  const rows = [
    ...Array.from({ length: 12 }, (_, index) => lost(`lost-${index}.jpg`)),
    ...Array.from({ length: 5 }, () => row({ kind: 'verified' })),
  ];
  const fake = await panel(rows, { total: 5, verified: 3, failed: 2 });
  const said = () => page.getByTestId('uploads-headline').textContent;
  await vi.waitFor(() => expect(said()).toBe('Last upload: 3 pictures are safe · 2 files were not uploaded'));
  const below = page.getByTestId('uploads-details');
  expect(below.textContent?.replaceAll('\u00a0', ' ')).toBe('3 verified · 12 more from earlier, 10 of them failed');
  expect(page.getByRole('radio', { name: 'All 17' })).toBeChecked();
  expect(page.getByRole('radio', { name: '12 failed' })).toBeInTheDocument();
  // Of the last upload alone nothing has to be said apart.
  fake.setUploads(rows.slice(0, 2));
  await vi.waitFor(() => expect(said()).toBe('2 files were not uploaded'));
});

it('says of a damaged file what is wrong with it, and counts it apart', async () => {
  const remark = 'The last 4 % are missing, as after an interrupted copy or download.';
  await panel([row({ kind: 'verified' }), row({ kind: 'verified' }, { name: 'cut.jpg', remark })], { left_alone: 26 });
  const headline = '1 picture is safe · 1 damaged, kept · 26 other files left alone';
  expect(page.getByTestId('uploads-headline')).toHaveTextContent(headline);
  expect(await find('cut.jpg')).toHaveTextContent(`Verified · 8 MB · ${remark}`);
});

it('offers to put a whole picture in the place of a damaged one, and does it when it is told to', async () => {
  const fake = await panel([row({ kind: 'verified' }, { name: 'whole.jpg', picture: 7, replaces: 3 })]);
  expect(await find('whole.jpg')).toHaveTextContent('A damaged picture of it is in the library');
  expect(fake.called('replaceDamaged')).toHaveLength(0);
  await userEvent.click(page.getByRole('button', { name: 'Replace the damaged picture by whole.jpg' }));
  expect(fake.called('replaceDamaged')[0]).toEqual([3, 7]);
});

it('copies the link of a file that was here already', async () => {
  const fake = await panel([row({ kind: 'duplicate' }, { name: 'known.jpg', picture: 7 })]);
  await find('known.jpg');
  await userEvent.click(page.getByRole('button', { name: 'Copy link to known.jpg' }));
  expect(fake.called('copyLinks')[0]?.[0]).toEqual([7]);
});

it('folds to one line, and clears what is finished when it is closed', async () => {
  const fake = await panel([row({ kind: 'verified' }), row({ kind: 'verified' })]);
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('2 pictures are safe');
  await userEvent.click(page.getByRole('button', { name: 'Minimise uploads' }));
  expect(page.queryAllByTestId('upload-row')).toHaveLength(0);
  await userEvent.click(page.getByRole('button', { name: 'Close and clear finished' }));
  expect(fake.called('clearFinishedUploads')).toHaveLength(1);
  expect(uploads.open).toBe(false);
});

it('holds of a hundred thousand files only those that it shows', async () => {
  const fake = await panel(Array.from({ length: 100_000 }, () => row({ kind: 'queued' })));
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('Uploading 0 of 100,000');
  await vi.waitFor(() => expect(page.getAllByTestId('upload-row').length).toBeGreaterThan(5));
  expect(page.getAllByTestId('upload-row').length).toBeLessThan(40);
  const asked = fake.called('uploadsPage').map(([, , limit]) => limit as number);
  expect(Math.max(...asked)).toBeLessThan(40);
  const list = page.getByTestId('uploads-list');
  list.scrollTop = 54 * 99_990;
  list.dispatchEvent(new Event('scroll'));
  const last = fake.uploads.at(-1)?.name as string;
  await vi.waitFor(() => expect(names()).toContain(last));
  expect(page.getAllByTestId('upload-row').length).toBeLessThan(40);
});

it('counts no file that is left alone, and says that it waits when nothing moves', async () => {
  const reason = 'The service can’t be reached. Uploads go on by themselves.';
  const fake = await panel([row({ kind: 'reading' }, { name: 'one.jpg' }), row({ kind: 'queued' })], {
    active: true,
    total: 46,
    verified: 2,
    left_alone: 1,
    waiting: reason,
    waiting_code: 'service_unreachable',
  });
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('Waiting at 2 of 45');
  const item = await find('one.jpg');
  expect(item).toHaveTextContent('Waiting');
  expect(item.querySelector('.spinner')).toBeNull();
  expect(page.getByTestId('uploads-waiting')).toHaveTextContent(reason);
  // The line above the library says the same then.
  fake.setState({ connection: { status: 'offline', reason } });
  await vi.waitFor(() => expect(page.queryByTestId('uploads-waiting')).toBeNull());
});

it('counts nothing that was cancelled or failed as uploaded', async () => {
  await panel([row({ kind: 'queued' }), row({ kind: 'cancelled' })], {
    active: true,
    paused: true,
    total: 3,
    cancelled: 1,
    failed: 1,
  });
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('Paused at 0 of 2');
});

const frozen = {
  active: true,
  total: 2,
  bytes_total: 9_000_000,
  bytes_sent: 9_000_000,
  speed: 4_000_000,
  seconds_left: 3,
};

it.each([
  ['the uploads have found it', { waiting: 'The store does not answer.', waiting_code: 'store_unreachable' }, {}],
  ['the connection has', {}, { connection: { status: 'store_offline', reason: 'The store does not answer.' } }],
  ['the connection is away', {}, { connection: { status: 'offline', reason: 'There is no network.' } }],
] as const)('waits, and promises nothing, while the store does not answer: %s', async (_, summary, state) => {
  const fake = await panel([row({ kind: 'sending' }, { name: 'one.jpg', sent: 8_000_000 }), row({ kind: 'queued' })], {
    ...frozen,
    ...summary,
  });
  fake.setState(state);
  await vi.waitFor(() => expect(page.getByTestId('uploads-headline')).toHaveTextContent('Waiting at 0 of 2'));
  expect(page.getByTestId('uploads-details').textContent).toBe('');
  expect(page.getByRole('progressbar', { name: 'All uploads' })).toHaveAttribute('aria-valuenow', '0');
  expect(await find('one.jpg')).toHaveTextContent('Waiting');
  expect(within(await find('one.jpg')).queryByRole('progressbar')).toBeNull();
});

describe('the panel when all is safe', () => {
  const safe = { active: false, total: 2, verified: 2 };
  const run = async () => {
    const fake = await panel([row({ kind: 'sending' })], { active: true, total: 2, verified: 1 });
    await vi.waitFor(() => expect(uploads.summary.active).toBe(true));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    return fake;
  };
  afterEach(() => vi.useRealTimers());

  it('folds a while later, and opens for the next run', async () => {
    const fake = await run();
    fake.setUploads([row({ kind: 'verified' })], safe);
    vi.advanceTimersByTime(FOLD_MS - 1);
    expect(uploads.folded).toBe(false);
    vi.advanceTimersByTime(1);
    expect(uploads.folded).toBe(true);
    fake.setUploads([row({ kind: 'sending' })], { active: true, total: 1 });
    expect(uploads.folded).toBe(false);
  });

  it('stays when somebody is in it or has opened it, or something failed', async () => {
    const fake = await run();
    uploads.within(true);
    fake.setUploads([row({ kind: 'verified' })], safe);
    vi.advanceTimersByTime(10 * FOLD_MS);
    expect(uploads.folded).toBe(false);
    uploads.within(false);
    vi.advanceTimersByTime(FOLD_MS);
    expect(uploads.folded).toBe(true);
    uploads.show();
    vi.advanceTimersByTime(10 * FOLD_MS);
    expect(uploads.folded).toBe(false);
    fake.setUploads([row({ kind: 'sending' })], { active: true, total: 2 });
    fake.setUploads([lost('a.jpg')], { active: false, total: 2, verified: 1, failed: 1 });
    vi.advanceTimersByTime(10 * FOLD_MS);
    expect(uploads.folded).toBe(false);
  });
});

it('stays closed after a restart when somebody has closed it', async () => {
  const fake = await panel([lost('a.jpg')], { failed: 1 });
  await userEvent.click(page.getByTestId('uploads-close'));
  expect(fake.called('clearFinishedUploads')).toHaveLength(1);
  const summary = { ...uploads.summary, failed: 1, left_alone: 2 };
  uploads.reset();
  fake.watchUploads = () => Promise.resolve(summary);
  await uploads.start();
  expect(uploads.open).toBe(false);
});

it('names a file once', async () => {
  await panel([lost('dangling.jpg', 'dangling.jpg is not there. Nothing was changed.', false)], { failed: 1 });
  const item = await find('dangling.jpg');
  expect(item).toHaveTextContent('It is not there. Nothing was changed.');
  expect(item.textContent?.match(/dangling/g)).toHaveLength(1);
});
