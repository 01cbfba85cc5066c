import { fireEvent, render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { selection } from '@/stores/selection.svelte';
import { zoom } from '@/stores/zoom.svelte';
import { prepare } from '@/test/start';

afterEach(() => {
  zoom.go('medium');
  zoom.names = false;
  zoom.stars = true;
});

/** The library of two months, with the keyboard in it. */
async function open(): Promise<FakeIpc> {
  const fake = prepare({ pictures: 120 });
  render(App);
  await page.findAllByTestId('tile');
  page.getByTestId('grid').focus();
  return fake;
}

const headings = () => page.queryAllByTestId('group-heading').map((heading) => heading.textContent?.trim());

it('goes from tiles over days and months to years by a key, and back, with the keyboard where it was', async () => {
  await open();
  expect(headings()[0]).toMatch(/^October 2026/);
  await userEvent.keyboard('{ArrowRight}-');
  await waitFor(() => expect(zoom.step).toBe('small'));
  await userEvent.keyboard('-');
  await waitFor(() => expect(headings()[0]).toMatch(/^Wed, Oct 14, 2026/));
  expect(localStorage.getItem('zoom')).toBe('days');
  await userEvent.keyboard('-');
  const months = await page.findAllByTestId('period');
  expect(months.length).toBeGreaterThan(1);
  await waitFor(() => expect(months[0]).toHaveFocus());
  expect(months[0]).toHaveAccessibleName(/^October 2026, \d+ pictures$/);
  await userEvent.keyboard('-');
  await waitFor(() => expect(page.getByRole('button', { name: '2026, 120 pictures' })).toHaveFocus());
  // As far as it goes.
  await userEvent.keyboard('-');
  expect(zoom.step).toBe('years');
  await userEvent.keyboard('+');
  await waitFor(() => expect(page.getAllByTestId('period').length).toBeGreaterThan(1));
  await userEvent.keyboard('{ArrowRight}{Enter}');
  await page.findByTestId('grid');
  await waitFor(() => expect(page.getByTestId('grid')).toHaveFocus());
  expect(zoom.step).toBe('days');
});

it('goes nearer where the wheel is turned with Ctrl, and no further than to tiles where there are no days', async () => {
  await open();
  // As slowly as people turn it.
  let now = 10_000;
  const turn = async (deltaY: number) => {
    vi.spyOn(performance, 'now').mockReturnValue((now += 500));
    await fireEvent.wheel(page.getByTestId('grid'), { deltaY, ctrlKey: true });
  };
  await turn(-120);
  await waitFor(() => expect(zoom.step).toBe('large'));
  await library.setSort('name');
  for (let turns = 0; turns < 4; turns++) await turn(120);
  await waitFor(() => expect(zoom.step).toBe('small'));
  expect(headings()).toEqual([]);
  await library.setSort('newest');
});

it('selects a month by its heading, and by a key, and takes it back so', async () => {
  await open();
  const group = [...library.layout.days].filter((day) => day >= Date.UTC(2026, 9, 1) / 86_400_000).length;
  await userEvent.click(page.getAllByTestId('group-heading')[0] as HTMLElement);
  expect(selection.size).toBe(group);
  await userEvent.click(page.getAllByTestId('group-heading')[0] as HTMLElement);
  expect(selection.size).toBe(0);
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{ArrowRight}{Control>}{Shift>}a{/Shift}{/Control}');
  expect(selection.size).toBe(group);
});

it('says names and stars on tiles when asked to, and remembers that', async () => {
  const fake = await open();
  const id = library.idAt(0) ?? 0;
  await userEvent.keyboard('{ArrowRight}4');
  await page.findByTestId('tile-stars');
  expect(page.queryByTestId('tile-caption')).toBeNull();
  await userEvent.keyboard('n');
  expect((await page.findAllByTestId('tile-caption'))[0]).toHaveTextContent(fake.pictures.get(id)?.name ?? '');
  await userEvent.click(page.getByTestId('tile-size'));
  const ratings = await page.findByTestId('view-ratings');
  expect(ratings).toHaveAttribute('role', 'menuitemcheckbox');
  await userEvent.click(ratings);
  await waitFor(() => expect(page.queryByTestId('tile-stars')).toBeNull());
  expect([localStorage.getItem('tile-names'), localStorage.getItem('tile-stars')]).toEqual(['true', 'false']);
});
