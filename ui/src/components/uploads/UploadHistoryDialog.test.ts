import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { engineError } from '@/ipc/fake';
import type { UploadRow, UploadStatus } from '@/ipc';
import { start } from '@/test/start';
import UploadHistoryDialog from './UploadHistoryDialog.svelte';

const row = (id: number, status: UploadStatus): UploadRow => ({
  id,
  name: `picture ${id}.jpg`,
  source: '/home/anna',
  size: 8_000_000,
  sent: 0,
  status,
  picture: null,
  finished_at: '2026-11-02T09:30:00.000Z',
  remark: null,
  elsewhere: false,
  replaces: null,
});

const failed = { kind: 'failed', code: 'unreadable', message: 'It can’t be read.', retryable: true } as const;

it('still has what was taken off the list, the newest first, a page at a time', async () => {
  const fake = await start();
  fake.setUploads(Array.from({ length: 120 }, (_, index) => row(index + 1, { kind: 'verified' })));
  await fake.clearFinishedUploads();
  render(UploadHistoryDialog);
  await waitFor(() => expect(page.getAllByTestId('history-row')).toHaveLength(100));
  expect(page.getAllByTestId('history-row')[0]).toHaveTextContent(/picture 120.jpg.*Verified.*2026/);
  await userEvent.click(page.getByTestId('history-more'));
  await waitFor(() => expect(page.getAllByTestId('history-row')).toHaveLength(120));
  expect(page.queryByTestId('history-more')).toBeNull();
});

it('says why something failed, and tries it again', async () => {
  const fake = await start();
  fake.setUploads([row(1, { kind: 'verified' }), row(2, failed), row(3, { kind: 'cancelled' })]);
  render(UploadHistoryDialog);
  expect(await page.findByText(/It can’t be read./)).toBeVisible();
  expect(page.getAllByTestId('history-retry')).toHaveLength(2);
  fake.fail('retryUpload', engineError('disk', 'The disk is full.'));
  await userEvent.click(page.getAllByTestId('history-retry')[1] as HTMLElement);
  expect(await page.findByRole('alert')).toHaveTextContent('The disk is full.');
  fake.fail('retryUpload', undefined);
  await userEvent.click(page.getAllByTestId('history-retry')[1] as HTMLElement);
  await waitFor(() => expect(page.getAllByTestId('history-row')).toHaveLength(2));
});

it('says when there is nothing yet', async () => {
  await start();
  render(UploadHistoryDialog);
  expect(await page.findByText('Nothing has been uploaded from this computer yet.')).toBeVisible();
});

it('lists what was left alone in folders, which is in no history', async () => {
  const fake = await start();
  fake.setUploads([row(1, { kind: 'verified' }), { ...row(2, { kind: 'left_alone' }), name: 'film.mp4' }]);
  const { unmount } = render(UploadHistoryDialog, { list: 'left_alone' });
  await waitFor(() => expect(page.getAllByTestId('history-row')).toHaveLength(1));
  expect(page.getByTestId('history-row')).toHaveTextContent(/film.mp4.*\/home\/anna/);
  unmount();
  render(UploadHistoryDialog);
  await waitFor(() => expect(page.getAllByTestId('history-row')).toHaveLength(1));
  expect(page.getByTestId('history-row')).toHaveTextContent('picture 1.jpg');
});
