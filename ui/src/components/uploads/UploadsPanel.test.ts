import { render, screen as page, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { UploadRow, UploadStatus } from '@/ipc';
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
    ...change,
  };
}

const find = (name: string) => within(page.getByTestId('uploads')).getByText(name).closest('li') as HTMLElement;

it('shows a row for each file, with its state in words', async () => {
  const fake = await start();
  const rows = [
    row({ kind: 'queued' }, { name: 'queued.jpg' }),
    row({ kind: 'sending' }, { name: 'sending.jpg', sent: 3_440_000 }),
    row({ kind: 'verifying' }, { name: 'verifying.jpg' }),
    row({ kind: 'verified' }, { name: 'verified.jpg', picture: 3 }),
    row({ kind: 'duplicate' }, { name: 'duplicate.jpg', picture: 4 }),
    row({ kind: 'cancelled' }, { name: 'cancelled.jpg' }),
    row({ kind: 'failed', code: 'empty_file', message: 'The file is empty.', retryable: false }, { name: 'empty.jpg' }),
  ];
  fake.setUploads(rows);
  render(UploadsPanel);
  expect(find('queued.jpg')).toHaveTextContent('Waiting');
  expect(find('sending.jpg')).toHaveTextContent('43 % · 3.4 MB of 8 MB');
  expect(within(find('sending.jpg')).getByRole('progressbar')).toHaveAttribute('aria-valuenow', '43');
  expect(find('verifying.jpg')).toHaveTextContent('Verifying');
  expect(find('verified.jpg')).toHaveTextContent('Verified');
  expect(find('duplicate.jpg')).toHaveTextContent('Already here');
  expect(find('cancelled.jpg')).toHaveTextContent('Cancelled');
  expect(find('empty.jpg')).toHaveTextContent('The file is empty.');
  expect(page.getAllByTestId('upload-row').map((item) => item.dataset['status'])).toContain('verifying');
});

it('shows the progress of all: how much, how fast, how long still', async () => {
  const fake = await start();
  fake.setUploads([row({ kind: 'sending' })], {
    active: true,
    total: 40,
    verified: 11,
    duplicates: 1,
    bytes_total: 100_000_000,
    bytes_sent: 25_000_000,
    speed: 7_400_000,
    seconds_left: 130,
  });
  render(UploadsPanel);
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('Uploading 12 of 40');
  expect(page.getByTestId('uploads-details')).toHaveTextContent('25 MB of 100 MB · 7.4 MB/s · 2 min');
  expect(page.getByRole('progressbar', { name: 'All uploads' })).toHaveAttribute('aria-valuenow', '25');
});

it('pauses and resumes, and says why it waits', async () => {
  const fake = await start();
  fake.setUploads([row({ kind: 'queued' })]);
  render(UploadsPanel);
  await userEvent.click(page.getByRole('button', { name: 'Pause uploads' }));
  expect(fake.called('pauseUploads')).toHaveLength(1);
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('Paused at 0 of 1');
  await userEvent.click(page.getByRole('button', { name: 'Resume uploads' }));
  expect(fake.called('resumeUploads')).toHaveLength(1);
  fake.setUploads(fake.uploads, { waiting: 'Waiting for the network.' });
  expect(await page.findByText('Waiting for the network.')).toBeVisible();
});

it('cancels one, retries what can be retried, and nothing else', async () => {
  const fake = await start();
  const waiting = row({ kind: 'queued' }, { name: 'waiting.jpg' });
  const lost = row(
    { kind: 'failed', code: 'store_unreachable', message: 'No answer.', retryable: true },
    { name: 'lost.jpg' },
  );
  const broken = row(
    { kind: 'failed', code: 'broken_picture', message: 'Broken.', retryable: false },
    { name: 'broken.jpg' },
  );
  fake.setUploads([waiting, lost, broken]);
  render(UploadsPanel);
  expect(within(find('broken.jpg')).queryByRole('button')).toBeNull();
  await userEvent.click(page.getByRole('button', { name: 'Retry lost.jpg' }));
  expect(fake.called('retryUpload')).toEqual([[lost.id]]);
  await userEvent.click(page.getByRole('button', { name: 'Cancel waiting.jpg' }));
  expect(fake.called('cancelUpload')).toEqual([[waiting.id]]);
});

it('shows only what failed when asked to', async () => {
  const fake = await start();
  const failure: UploadStatus = { kind: 'failed', code: 'not_a_picture', message: 'Not a picture.', retryable: false };
  fake.setUploads([row({ kind: 'verified' }), row(failure), row({ kind: 'verified' })]);
  render(UploadsPanel);
  expect(page.getAllByTestId('upload-row')).toHaveLength(3);
  await userEvent.click(page.getByRole('radio', { name: '1 failed' }));
  expect(page.getAllByTestId('upload-row')).toHaveLength(1);
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('1 file was not uploaded');
});

it('lists what moves first, then what failed, then what waits, then what is done, newest first', async () => {
  const fake = await start();
  fake.setUploads([
    row({ kind: 'verified' }, { name: 'old' }),
    row({ kind: 'duplicate' }, { name: 'new' }),
    row({ kind: 'queued' }, { name: 'waits' }),
    row({ kind: 'failed', code: 'disk', message: 'Full.', retryable: true }, { name: 'lost' }),
    row({ kind: 'sending' }, { name: 'moves' }),
  ]);
  render(UploadsPanel);
  const names = page.getAllByTestId('upload-row').map((item) => item.dataset['name']);
  expect(names).toEqual(['moves', 'lost', 'waits', 'new', 'old']);
});

it('folds to one line, and clears what is finished when it is closed', async () => {
  const fake = await start();
  fake.setUploads([row({ kind: 'verified' }), row({ kind: 'verified' })]);
  render(UploadsPanel);
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('2 pictures are safe');
  await userEvent.click(page.getByRole('button', { name: 'Minimise uploads' }));
  expect(page.queryAllByTestId('upload-row')).toHaveLength(0);
  await userEvent.click(page.getByRole('button', { name: 'Close and clear finished' }));
  expect(fake.called('clearFinishedUploads')).toHaveLength(1);
  expect(uploads.open).toBe(false);
});

it('draws a hundred thousand files as easily as ten', async () => {
  const fake = await start();
  fake.setUploads(Array.from({ length: 100_000 }, () => row({ kind: 'queued' })));
  render(UploadsPanel);
  expect(page.getByTestId('uploads-headline')).toHaveTextContent('Uploading 0 of 100,000');
  expect(page.getAllByTestId('upload-row').length).toBeLessThan(100);
});
