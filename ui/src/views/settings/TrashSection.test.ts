import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { engineError } from '@/ipc/fake';
import { start } from '@/test/start';
import TrashSection from './TrashSection.svelte';

async function section(trashed: number) {
  const fake = await start();
  await fake.deletePictures([...fake.pictures.keys()].slice(0, trashed));
  render(TrashSection);
  await page.findByTestId('trash-section');
  return fake;
}

it('keeps the trash for ever until somebody says otherwise', async () => {
  await section(0);
  expect(page.getByRole('radio', { name: 'Until I empty it' })).toBeChecked();
});

it('asks before anything that is in the trash would go, and says how much and when', async () => {
  const fake = await section(2);
  await userEvent.click(page.getByRole('radio', { name: '30 days' }));
  const asked = await page.findByText(/The 2 pictures that are in the trash now would be deleted forever from .* on/);
  expect(asked).toBeVisible();
  expect(asked).toHaveTextContent(/ on, later ones after 30 days\.$/);
  expect(fake.called('keepTrash')).toEqual([]);
  await userEvent.click(page.getByTestId('trash-cancel'));
  expect(page.getByRole('radio', { name: 'Until I empty it' })).toBeChecked();
  await userEvent.click(page.getByRole('radio', { name: '30 days' }));
  await userEvent.click(await page.findByTestId('trash-confirm'));
  await waitFor(() => expect(page.getByTestId('trash-kept')).toHaveTextContent('stay in the trash for 30 days'));
  expect(fake.called('keepTrash')).toEqual([[30]]);
});

it('does at once what takes nothing away', async () => {
  const fake = await section(2);
  fake.bin.rule = { days: 30, since: Date.now() };
  await userEvent.click(page.getByRole('radio', { name: '365 days' }));
  await waitFor(() => expect(fake.called('keepTrash')).toEqual([[365]]));
});

it('says why it can’t be done, and shows what holds', async () => {
  const fake = await section(0);
  fake.fail('keepTrash', engineError('service_failed', 'The database can’t be written. Nothing was changed.'));
  await userEvent.click(page.getByRole('radio', { name: '7 days' }));
  expect(await page.findByRole('alert')).toHaveTextContent('Nothing was changed.');
  expect(page.getByRole('radio', { name: 'Until I empty it' })).toBeChecked();
});

it('only says what an account’s operator has decided', async () => {
  const fake = await start();
  fake.bin.own = false;
  render(TrashSection);
  expect(await page.findByTestId('trash-kept')).toHaveTextContent('Your service keeps pictures in the trash until');
  expect(page.queryByTestId('trash-days')).toBeNull();
});
