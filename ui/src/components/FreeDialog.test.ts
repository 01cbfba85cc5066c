import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { engineError } from '@/ipc/fake';
import { screen } from '@/stores/screen.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { start } from '@/test/start';
import FreeDialog from './FreeDialog.svelte';

it('says what may go and what stays before anything is moved', async () => {
  const fake = await start();
  screen.open('free');
  render(FreeDialog);
  expect(await page.findByTestId('free-files')).toHaveTextContent('214 files');
  expect(page.getByTestId('free-kept')).toHaveTextContent('Its bytes are not in the library.');
  expect(page.getByText(/the only one left/)).toBeVisible();
  expect(fake.called('freeLocalCopies')).toEqual([[false, undefined]]);
});

it('moves them when asked to, and says what stayed', async () => {
  const fake = await start();
  screen.open('free');
  render(FreeDialog);
  await userEvent.click(await page.findByTestId('free-confirm'));
  await waitFor(() => expect(toasts.list[0]?.message).toBe('214 local copies are in the trash now.'));
  expect(fake.called('freeLocalCopies')).toHaveLength(2);
  expect(page.queryByTestId('free-confirm')).toBeNull();
  expect(page.getByTestId('free-kept')).toBeVisible();
});

it('offers nothing when nothing may go', async () => {
  const fake = await start();
  fake.care.local = { files: 0, bytes: 0, kept: 0, gone: 0, items: [] };
  render(FreeDialog);
  expect(await page.findByTestId('free-files')).toHaveTextContent('No local copies can go');
  expect(page.getByText(/knows of no file that was uploaded/)).toBeVisible();
  expect(page.queryByTestId('free-confirm')).toBeNull();
});

it('says that files are gone only when they are', async () => {
  const fake = await start();
  fake.care.local = { files: 0, bytes: 0, kept: 0, gone: 3, items: [] };
  render(FreeDialog);
  expect(await page.findByText(/3 files that were uploaded from here are not where they were/)).toBeVisible();
});

it('says why it can’t tell', async () => {
  const fake = await start();
  fake.fail('freeLocalCopies', engineError('service_unreachable', 'The service can’t be reached.'));
  render(FreeDialog);
  expect(await page.findByText('The service can’t be reached.')).toBeVisible();
});
