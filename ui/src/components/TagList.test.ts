import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import App from '@/App.svelte';
import type { FakeIpc } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { screen } from '@/stores/screen.svelte';
import { tags } from '@/stores/tags.svelte';
import { prepare } from '@/test/start';

/** The whole window, with one picture that has these tags, and no others. */
async function open(own: string[]): Promise<FakeIpc> {
  localStorage.removeItem('tags-open');
  const fake = prepare();
  for (const picture of fake.pictures.values()) picture.tags = [];
  const [first] = fake.pictures.values();
  if (first) first.tags = own;
  render(App);
  await page.findAllByTestId('tile');
  return fake;
}

const entries = () => page.queryAllByTestId('tag-entry');

it('unfolds to all tags with their counts, and shows the pictures of one', async () => {
  await open(['harbour', 'winter']);
  const head = await page.findByTestId('tags-head');
  expect(entries()).toHaveLength(0);
  await userEvent.click(head);
  expect(head).toHaveAttribute('aria-expanded', 'true');
  expect(entries().map((entry) => entry.textContent?.replace(/\s+/g, ' ').trim())).toEqual(['harbour 1', 'winter 1']);
  await userEvent.click(entries()[1] as HTMLElement);
  await waitFor(() => expect(library.shown.text).toBe('tag:"winter"'));
  expect(entries()[1]).toHaveAttribute('aria-current', 'page');
  expect(page.getByTestId('scope-all')).not.toHaveAttribute('aria-current');
  expect(page.getByRole('heading', { level: 1 })).toHaveTextContent('winter');
  expect(localStorage.getItem('tags-open')).toBe('true');
});

it('is not there without tags, and comes with the first', async () => {
  const fake = await open([]);
  expect(page.queryByTestId('tags-head')).toBeNull();
  await fake.editPicture(library.layout.ids[0] as number, { add_tags: ['new'] });
  expect(await page.findByTestId('tags-head', {}, { timeout: 3_000 })).toBeVisible();
});

it('leaves the rest of very many to the palette', async () => {
  await open(Array.from({ length: 80 }, (_, n) => `tag ${n}`));
  await userEvent.click(await page.findByTestId('tags-head'));
  expect(entries()).toHaveLength(50);
  await userEvent.click(page.getByTestId('tags-all'));
  expect(screen.dialog).toBe('palette');
  expect(await page.findByTestId('palette-input')).toHaveValue('#');
  expect(tags.list).toHaveLength(80);
});
