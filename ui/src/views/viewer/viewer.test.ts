import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { screen } from '@/stores/screen.svelte';
import { prepare } from '@/test/start';

/** The viewer over the picture at a place in the library. */
async function open(index: number): Promise<FakeIpc> {
  const fake = prepare();
  render(App);
  await page.findAllByTestId('tile');
  screen.viewing = library.idAt(index);
  await page.findByTestId('viewer');
  return fake;
}

it('comes back to a picture whose deletion is undone, and counts it again', async () => {
  await open(1);
  const [first, second] = [library.idAt(1), library.idAt(2)];
  expect(page.getByText('2 of 40')).toBeVisible();
  await userEvent.keyboard('{Delete}');
  expect(await page.findByText('2 of 39')).toBeVisible();
  await userEvent.keyboard('{Delete}');
  expect(await page.findByText('2 of 38')).toBeVisible();
  await waitFor(() => expect(page.getAllByTestId('undo')).toHaveLength(2));
  await userEvent.click(page.getAllByTestId('undo').at(-1) as HTMLElement);
  await waitFor(() => expect(screen.viewing).toBe(second));
  expect(page.getByText('2 of 39')).toBeVisible();
  await userEvent.click(page.getByTestId('undo'));
  await waitFor(() => expect(screen.viewing).toBe(first));
  expect(page.getByText('2 of 40')).toBeVisible();
});

it('rates with the digits', async () => {
  const fake = await open(1);
  const id = library.idAt(1) ?? 0;
  await userEvent.keyboard('4');
  await waitFor(() => expect(fake.pictures.get(id)?.rating).toBe(4));
  await userEvent.keyboard('0');
  await waitFor(() => expect(fake.pictures.get(id)?.rating).toBe(0));
});

it('turns the pages of a TIFF, and stays at one that can’t be had', async () => {
  const fake = prepare();
  for (const picture of fake.pictures.values()) Object.assign(picture, { format: 'tiff', facts: { frames: 3 } });
  let refused = 0;
  // The test's window has no such thing.
  HTMLImageElement.prototype.decode = function () {
    return this.src.endsWith('page=2') && refused++ === 0 ? Promise.reject(new Error('gone')) : Promise.resolve();
  };
  fake.previewUrl = (_, id, at = 0) => `thumb://localhost/p/${id}?page=${at}`;
  render(App);
  await page.findAllByTestId('tile');
  screen.viewing = library.idAt(1);
  expect(await page.findByText('Page 1 of 3')).toBeVisible();
  await userEvent.keyboard('{PageUp}{PageDown}');
  expect(await page.findByText('Page 2 of 3')).toBeVisible();
  await userEvent.keyboard('{PageDown}');
  await waitFor(() => expect(refused).toBe(1));
  expect(page.getByText('Page 2 of 3')).toBeVisible();
  await userEvent.keyboard('{PageDown}');
  expect(await page.findByText('Page 3 of 3')).toBeVisible();
  expect(page.getByRole('button', { name: 'Next page' })).toBeDisabled();
  Reflect.deleteProperty(HTMLImageElement.prototype, 'decode');
});
