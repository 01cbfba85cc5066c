import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import type { FakeIpc } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { ratings } from '@/stores/ratings.svelte';
import { start } from '@/test/start';
import Library from '@/views/Library.svelte';

let fake: FakeIpc;
let id: number;
const box = () => page.getByTestId<HTMLInputElement>('search');

beforeEach(async () => {
  fake = await start();
  id = library.idAt(3) ?? 0;
  Object.assign(fake.pictures.get(id) ?? {}, { name: 'IMG_1.jpg', tags: ['Zanzibar', 'take'] });
  render(Library);
});

it('offers fields and their values, by keys', async () => {
  await userEvent.type(box(), 'sea i');
  expect(page.queryByTestId('search-suggestions')).toBeNull();
  await userEvent.type(box(), 's');
  expect(within(page.getByTestId('search-suggestions')).getAllByRole('option')).toHaveLength(1);
  expect(box()).toHaveAttribute('aria-expanded', 'true');
  await userEvent.keyboard('{ArrowDown}{Enter}');
  expect(box()).toHaveValue('sea is:');
  await userEvent.type(box(), 'f');
  await userEvent.keyboard('{ArrowDown}');
  expect(page.getByRole('option', { name: /is:favourite/ })).toHaveAttribute('aria-selected', 'true');
  await userEvent.keyboard('{Tab}');
  expect(box()).toHaveValue('sea is:favourite ');
  expect(box()).toHaveFocus();
  await waitFor(() => expect(library.query.text).toBe('sea is:favourite '));
});

it('takes a suggestion by a click, and leaves them alone by Escape', async () => {
  await userEvent.type(box(), 'ta');
  await userEvent.click(page.getByRole('option', { name: /tag:/ }));
  expect(box()).toHaveValue('tag:');
  await userEvent.clear(box());
  await userEvent.type(box(), 'ta{Escape}');
  expect(page.queryByTestId('search-suggestions')).toBeNull();
  expect(box()).toHaveValue('ta');
  await userEvent.keyboard('{Escape}');
  expect(box()).toHaveValue('');
});

it('goes to the pictures by Enter when no suggestion is chosen', async () => {
  await userEvent.type(box(), 'ta{Enter}');
  expect(page.getByTestId('grid')).toHaveFocus();
});

it('explains what can be searched, and shows how', async () => {
  await userEvent.type(box(), 'sea');
  await userEvent.click(page.getByTestId('search-help'));
  await userEvent.click(await page.findByText('type:png'));
  expect(box()).toHaveValue('sea type:png');
  expect(box().value.slice(box().selectionStart ?? 0, box().selectionEnd ?? 0)).toBe('png');
  await waitFor(() => expect(library.query.text).toBe('sea type:png'));
});

it('says why a picture was found, when that is not its name', async () => {
  await userEvent.type(box(), 'zanz');
  const found = await page.findByTestId('tile-found');
  expect(found).toHaveTextContent('Tag Zanzibar');
  expect(page.getByRole('option', { name: /Tag: Zanzibar/ })).toHaveAttribute('data-id', String(id));
  await userEvent.clear(box());
  await userEvent.type(box(), 'IMG_1.jpg');
  await waitFor(() => expect(page.queryByTestId('tile-found')).toBeNull());
});

it('says what was asked for when nothing is found, and lets go of it', async () => {
  await library.setScope('favourites');
  await userEvent.type(box(), 'nowhere');
  await waitFor(() => expect(page.getByTestId('empty')).toHaveTextContent('Nothing matches “nowhere” in Favourites'));
  await userEvent.click(page.getByTestId('empty-clear'));
  await waitFor(() => expect(library.layout.count).toBeGreaterThan(0));
  expect(box()).toHaveValue('');
});

it('says why a picture was found by a condition', async () => {
  const picture = fake.pictures.get(id);
  if (picture) picture.rating = 4;
  await ratings.load();
  await userEvent.type(box(), 'rating:4');
  await waitFor(() => expect(library.shown.text).toBe('rating:4'));
  const tile = await page.findByRole('option', { name: /Rating: ★★★★/ });
  expect(tile.querySelector('[data-testid=tile-found]')).toHaveTextContent('Rating ★★★★');
});
