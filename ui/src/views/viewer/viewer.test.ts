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
