import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { filtering } from '@/stores/filtering.svelte';
import { library } from '@/stores/library.svelte';
import { tags } from '@/stores/tags.svelte';
import { prepare } from '@/test/start';

/** The window with its filters shown. */
async function open(): Promise<FakeIpc> {
  const fake = prepare();
  render(App);
  await page.findAllByTestId('tile');
  await waitFor(() => expect(tags.list.length).toBeGreaterThan(0));
  if (!filtering.open) await userEvent.click(page.getByTestId('filters-toggle'));
  await page.findByTestId('filters');
  return fake;
}

const box = () => page.getByTestId<HTMLInputElement>('search');

it('shows its filters by a key, and remembers that', async () => {
  await open();
  expect(localStorage.getItem('filters')).toBe('true');
  page.getByTestId('grid').focus();
  await userEvent.keyboard('{Control>}{Shift>}f{/Shift}{/Control}');
  await waitFor(() => expect(page.queryByTestId('filters')).toBeNull());
  expect(localStorage.getItem('filters')).toBe('false');
});

it('writes what is clicked together into the search box, and reads it from there', async () => {
  const fake = await open();
  await userEvent.type(box(), 'a');
  await userEvent.click(page.getByTestId('filter-is-favourite'));
  await waitFor(() => expect(box()).toHaveValue('a is:favourite'));
  expect(page.getByTestId('filter-is-favourite')).toHaveAttribute('aria-pressed', 'true');
  await userEvent.click(page.getByTestId('filter-type'));
  await userEvent.click(await page.findByTestId('filter-type-png'));
  await waitFor(() => expect(box()).toHaveValue('a is:favourite type:png'));
  expect(page.getByTestId('filter-type')).toHaveTextContent('Format: PNG');
  await userEvent.click(page.getByTestId('filter-type'));
  await userEvent.click(await page.findByTestId('filter-type-jpeg'));
  await waitFor(() => expect(box()).toHaveValue('a is:favourite type:jpeg'));
  await waitFor(() => expect(library.shown.text).toBe('a is:favourite type:jpeg'));
  for (const id of library.layout.ids) {
    expect(fake.pictures.get(id)).toMatchObject({ favourite: true, format: 'jpeg' });
  }
  await userEvent.click(page.getByTestId('filter-off-type'));
  await userEvent.click(page.getByTestId('filter-is-favourite'));
  await waitFor(() => expect(box()).toHaveValue('a'));
  await userEvent.click(page.getByTestId('filters-clear'));
  await waitFor(() => expect(box()).toHaveValue(''));
});

it('finds what a camera took', async () => {
  const fake = await open();
  await userEvent.click(page.getByTestId('filter-camera'));
  await userEvent.click(await page.findByTestId('filter-camera-NIKON D90'));
  await waitFor(() => expect(box()).toHaveValue('camera:"NIKON D90"'));
  expect(page.getByTestId('filter-camera')).toHaveTextContent('Camera: NIKON D90');
  expect([...fake.pictures.values()].some(({ camera }) => camera === 'NIKON D90')).toBe(true);
  await userEvent.click(page.getByTestId('filter-off-camera'));
  await waitFor(() => expect(box()).toHaveValue(''));
});

it('takes several tags, and dates as they are typed', async () => {
  await open();
  const tag = async (name: string) => {
    await userEvent.click(page.getByTestId('filter-tag'));
    const entries = await page.findAllByTestId('filter-tag-value');
    expect(entries[0]).toHaveAttribute('role', 'menuitemcheckbox');
    await userEvent.click(entries.find((entry) => entry.textContent?.includes(name)) as HTMLElement);
  };
  await tag('coast');
  await waitFor(() => expect(page.getByTestId('filter-tag')).toHaveTextContent('Tags: coast'));
  await tag('sea');
  await waitFor(() => expect(box()).toHaveValue('tag:"coast" tag:"sea"'));
  await userEvent.click(page.getByTestId('filter-off-tag'));
  await userEvent.click(page.getByTestId('filter-date'));
  await userEvent.type(await page.findByTestId('filter-from'), '2026-1x');
  expect(page.getByText('Such as 2024, 2024-05 or 2024-05-06')).toBeInTheDocument();
  await userEvent.type(page.getByTestId('filter-from'), '{Backspace}0{Enter}');
  await waitFor(() => expect(box()).toHaveValue('after:2026-10'));
  expect(page.getByTestId('filter-date')).toHaveTextContent('From 2026-10');
});

it('saves a search, names it, shows it again, and brings it back when it is removed', async () => {
  await open();
  await userEvent.type(box(), 'tag:"sea"');
  await userEvent.click(await page.findByTestId('search-save'));
  await userEvent.type(await page.findByTestId('saved-name'), 'By the sea{Enter}');
  const entry = await page.findByTestId('saved');
  expect(entry).toHaveTextContent('By the sea');
  expect(entry).toHaveFocus();
  expect(entry).toHaveAttribute('aria-current', 'page');
  expect(page.getByRole('heading', { level: 1 })).toHaveTextContent('By the sea');
  await userEvent.click(page.getByTestId('scope-all'));
  await waitFor(() => expect(box()).toHaveValue(''));
  await userEvent.click(page.getByTestId('saved'));
  await waitFor(() => expect(box()).toHaveValue('tag:"sea"'));

  page.getByTestId('saved').focus();
  await userEvent.keyboard('{F2}');
  await userEvent.type(await page.findByTestId('saved-name'), 'Waves{Enter}');
  await waitFor(() => expect(page.getByTestId('saved')).toHaveTextContent('Waves'));
  await userEvent.keyboard('{Delete}');
  await waitFor(() => expect(page.queryByTestId('saved')).toBeNull());
  await userEvent.click(await page.findByTestId('undo'));
  expect(await page.findByTestId('saved')).toHaveTextContent('Waves');
});

it('keeps the searches of each place for itself', async () => {
  const fake = await open();
  await userEvent.type(box(), 'hills');
  await userEvent.click(await page.findByTestId('search-save'));
  await userEvent.keyboard('{Enter}');
  await page.findByTestId('saved');
  fake.enter('https://pictures.example.com', 'anna');
  await waitFor(() => expect(page.queryByTestId('saved')).toBeNull());
  await fake.chooseThisComputer();
  expect(within(await page.findByTestId('saved')).getByText('hills')).toBeVisible();
});
