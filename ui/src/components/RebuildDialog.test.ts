import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import App from '@/App.svelte';
import { engineError } from '@/ipc/fake';
import { rebuilding } from '@/stores/rebuilding.svelte';
import { start } from '@/test/start';

const library = { id: '1b4e28ba', username: 'anna', pictures: 42, more: false, open: false };

async function chooseBucket() {
  await userEvent.click(page.getByTestId('choose-bucket'));
  await userEvent.type(page.getByLabelText('Bucket'), 'holiday');
  await userEvent.type(page.getByLabelText('Access key ID'), 'AK1');
  await userEvent.type(page.getByLabelText('Secret access key'), 'right');
  await userEvent.click(page.getByTestId('bucket-use'));
}

it('offers the library that a chosen bucket holds, and brings it back', async () => {
  const fake = await start({ place: false, pictures: 0 });
  fake.libraries = [library];
  render(App);
  await chooseBucket();
  expect(await page.findByTestId('rebuild-dialog')).toHaveTextContent('It holds a library with 42 pictures.');
  await userEvent.click(page.getByRole('button', { name: 'Bring back the library that is in this bucket' }));
  expect(await page.findByTestId('rebuild-outcome')).toHaveTextContent('42 pictures are back.');
  expect(fake.called('rebuildLibrary')).toEqual([[library.id]]);
  await userEvent.click(page.getByTestId('rebuild-close'));
  await waitFor(() => expect(page.queryByTestId('rebuild-dialog')).toBeNull());
});

it('says what is not proven yet, and has it read back', async () => {
  const fake = await start({ pictures: 0 });
  fake.libraries = [library];
  fake.notProven = 42;
  render(App);
  await rebuilding.open();
  await userEvent.click(await page.findByTestId('rebuild-start'));
  expect(await page.findByText(/Of 42 pictures it is not proven yet/)).toBeVisible();
  await userEvent.click(page.getByTestId('rebuild-prove'));
  await waitFor(() => expect(fake.called('startAudit')).toEqual([[false, true]]));
  expect(await page.findByTestId('audit-running')).toBeVisible();
});

it('says nothing of a bucket that holds nothing, or what is here already', async () => {
  const fake = await start({ place: false, pictures: 0 });
  fake.libraries = [{ ...library, open: true }];
  render(App);
  await chooseBucket();
  await waitFor(() => expect(fake.called('bucketLibraries')).toHaveLength(1));
  expect(page.queryByTestId('rebuild-dialog')).toBeNull();
});

it('asks which of several, and says why one can’t be brought back', async () => {
  const fake = await start({ pictures: 0 });
  fake.libraries = [library, { ...library, id: '9c5b94b1', username: 'ben', pictures: 1000, more: true }];
  fake.fail('rebuildLibrary', engineError('store_unreachable', 'The bucket can’t be read. Do it again to go on.'));
  render(App);
  await rebuilding.open();
  await userEvent.click(await page.findByRole('radio', { name: /ben/ }));
  await userEvent.click(page.getByTestId('rebuild-start'));
  expect(await page.findByRole('alert')).toHaveTextContent('Do it again to go on.');
  expect(fake.called('rebuildLibrary')).toEqual([['9c5b94b1']]);
  fake.fail('rebuildLibrary', undefined);
  await userEvent.click(page.getByTestId('rebuild-start'));
  expect(await page.findByTestId('rebuild-outcome')).toHaveTextContent('1,000 pictures are back.');
});
