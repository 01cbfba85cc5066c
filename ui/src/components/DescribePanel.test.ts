import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import type { FakeIpc } from '@/ipc/fake';
import { descriptions } from '@/stores/descriptions.svelte';
import { library } from '@/stores/library.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { start } from '@/test/start';
import DescribePanel from './DescribePanel.svelte';

let ids: number[];

/** Three pictures are being described. */
async function batch(): Promise<FakeIpc> {
  const fake = await start();
  ids = [0, 1, 2].map((index) => library.idAt(index) ?? 0);
  await descriptions.ask(ids);
  render(DescribePanel);
  return fake;
}

const headline = () => page.getByTestId('descriptions-headline');

it('keeps what was not tried when something stops it, says why, and tries all of it again', async () => {
  const fake = await batch();
  fake.descriptions.answer(ids[0] ?? 0);
  fake.descriptions.stop('ai_key_rejected', 'OpenAI refused the API key.');
  await waitFor(() => expect(headline()).toHaveTextContent('Stopped: 2 pictures were not tried'));
  expect(page.getByTestId('describe-stopped')).toHaveTextContent('OpenAI refused the API key.');
  await userEvent.click(page.getByTestId('describe-retry'));
  expect(fake.called('retryDescriptions')).toEqual([[false]]);
  await waitFor(() => expect(headline()).toHaveTextContent('Describing 1 of 3'));
});

it('says what it waits for and how long, and counts down', async () => {
  const fake = await batch();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  try {
    fake.descriptions.wait('ai_quota', new Date(Date.now() + 42_000));
    const said = await page.findByTestId('describe-waits');
    expect(said).toHaveTextContent('takes no more requests for now. It goes on in 42 seconds.');
    await vi.advanceTimersByTimeAsync(41_000);
    expect(said).toHaveTextContent('It goes on in a second.');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(page.queryByTestId('describe-waits')).toBeNull();
  } finally {
    vi.useRealTimers();
  }
});

it('pauses and goes on', async () => {
  const fake = await batch();
  await userEvent.click(page.getByRole('button', { name: 'Pause descriptions' }));
  await waitFor(() => expect(headline()).toHaveTextContent('Paused at 0 of 3'));
  await userEvent.click(page.getByRole('button', { name: 'Resume descriptions' }));
  await waitFor(() => expect(headline()).toHaveTextContent('Describing 0 of 3'));
  expect(fake.called('resumeDescriptions')).toHaveLength(1);
});

it('cancels with a way back, and can try what was cancelled later', async () => {
  const fake = await batch();
  await userEvent.click(page.getByTestId('describe-cancel'));
  await waitFor(() => expect(toasts.list.map((toast) => toast.message)).toEqual(['3 descriptions cancelled']));
  toasts.list[0]?.action?.run();
  await waitFor(() => expect(headline()).toHaveTextContent('Describing 0 of 3'));
  await userEvent.click(page.getByTestId('describe-cancel'));
  await userEvent.click(await page.findByRole('button', { name: 'Retry 3 cancelled' }));
  expect(fake.called('retryDescriptions')).toEqual([[true]]);
  await waitFor(() => expect(headline()).toHaveTextContent('Describing 0 of 3'));
});

it('says each reason once, and tries what failed again', async () => {
  const fake = await batch();
  for (const id of ids) fake.descriptions.answer(id, { code: 'ai_refused', message: 'The model refused.' });
  expect(await page.findByText('The model refused.')).toBeVisible();
  expect(headline()).toHaveTextContent('3 pictures could not be described');
  await userEvent.click(page.getByTestId('describe-retry'));
  await waitFor(() => expect(headline()).toHaveTextContent('Describing 0 of 3'));
  expect(page.queryByText('The model refused.')).toBeNull();
});

it('shows what an earlier run of the app left, with what failed then', async () => {
  const fake = await batch();
  fake.descriptions.pause(true);
  fake.descriptions.answer(ids[0] ?? 0, { code: 'ai_refused', message: 'The model refused.' });
  descriptions.reset();
  await descriptions.start();
  expect(descriptions.open).toBe(true);
  await waitFor(() => expect(headline()).toHaveTextContent('Paused at 1 of 3'));
  expect(page.getByText('The model refused.')).toBeVisible();
});
