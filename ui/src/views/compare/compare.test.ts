import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { selection } from '@/stores/selection.svelte';
import { prepare } from '@/test/start';

/** The library with so many pictures selected. */
async function select(count: number): Promise<{ fake: FakeIpc; ids: number[] }> {
  const fake = prepare();
  render(App);
  await page.findAllByTestId('tile');
  const ids = [...library.layout.ids].slice(0, count);
  selection.set(ids);
  page.getByTestId('grid').focus();
  return { fake, ids };
}

const panes = () => page.queryAllByTestId('compare-pane').map((pane) => Number(pane.dataset['id']));
const chosen = () =>
  Number(document.querySelector<HTMLElement>('[data-testid=compare-pane][aria-current]')?.dataset['id']);

it('compares two to four pictures, and no others', async () => {
  const { ids } = await select(5);
  await userEvent.keyboard('c');
  expect(page.queryByTestId('compare')).toBeNull();
  expect(page.queryByTestId('compare-selected')).toBeNull();
  selection.set(ids.slice(0, 3));
  await userEvent.click(await page.findByTestId('compare-selected'));
  await waitFor(() => expect(panes()).toEqual(ids.slice(0, 3)));
  expect(page.getByRole('dialog', { name: '3 pictures side by side' })).toHaveFocus();
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(page.queryByTestId('compare')).toBeNull());
  expect(selection.size).toBe(3);
});

it('zooms all of them by keys, and goes on with the arrows to the next one once all is in sight', async () => {
  const { ids } = await select(2);
  await userEvent.keyboard('c');
  await waitFor(() => expect(panes()).toEqual(ids));
  expect(chosen()).toBe(ids[0]);
  const widths = () =>
    [...document.querySelectorAll<HTMLElement>('[data-testid=compare-pane] img')].map((img) =>
      parseFloat(img.style.width),
    );
  const before = widths();
  await userEvent.keyboard('+');
  widths().forEach((width, at) => expect(width).toBeCloseTo((before[at] ?? 0) * 1.5, 3));
  await userEvent.keyboard('{ArrowRight}');
  expect(chosen()).toBe(ids[0]);
  await userEvent.keyboard('{Escape}{ArrowRight}');
  expect(widths()).toEqual(before);
  expect(chosen()).toBe(ids[1]);
});

it('rates and deletes the chosen one, and ends when one is left', async () => {
  const { fake, ids } = await select(3);
  await userEvent.keyboard('c');
  await waitFor(() => expect(panes()).toEqual(ids));
  await userEvent.keyboard('{ArrowRight}4');
  await waitFor(() => expect(fake.pictures.get(ids[1] ?? 0)?.rating).toBe(4));
  await userEvent.keyboard('{Delete}');
  await waitFor(() => expect(panes()).toEqual([ids[0], ids[2]]));
  expect(fake.called('deletePictures')).toEqual([[[ids[1]]]]);
  expect(chosen()).toBe(ids[2]);
  const [first] = page.getAllByTestId('compare-pane');
  await userEvent.click(within(first as HTMLElement).getByTestId('compare-out'));
  await waitFor(() => expect(page.queryByTestId('compare')).toBeNull());
});
