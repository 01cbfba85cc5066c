/** What a query has found stays until the query changes. */
import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import type { FakeIpc } from '@/ipc/fake';
import Library from '@/views/Library.svelte';
import { start } from '@/test/start';
import { library } from './library.svelte';
import { selection } from './selection.svelte';

let fake: FakeIpc;
let id: number;

beforeEach(async () => {
  fake = await start();
  id = library.idAt(3) ?? 0;
  Object.assign(fake.pictures.get(id) ?? {}, { name: 'Zanzibar.jpg', favourite: true, description: null });
});

/** The library has heard of what changed. */
async function heard() {
  const revision = library.revision;
  fake.libraryChanged();
  await waitFor(() => expect(library.revision).toBeGreaterThan(revision));
  await library.load();
}

it('keeps a renamed search result, its selection and the inspector', async () => {
  await library.setText('zanzibar');
  expect([...library.layout.ids]).toEqual([id]);
  selection.only(id);
  render(Library);
  const name = await page.findByTestId('inspector-name');
  await userEvent.clear(name);
  await userEvent.type(name, 'Pemba.jpg{Enter}');
  await waitFor(() => expect(fake.pictures.get(id)?.name).toBe('Pemba.jpg'));
  await heard();
  await heard();
  expect([...library.layout.ids]).toEqual([id]);
  expect(selection.single).toBe(id);
  expect(page.getByTestId('inspector-name')).toHaveValue('Pemba.jpg');
  await library.setText('zanzibar');
  expect(library.layout.count).toBe(0);
});

it('keeps what somebody has selected in a part of the library that it no longer belongs to', async () => {
  await library.setScope('favourites');
  selection.only(id);
  const other = [...library.layout.ids].find((each) => each !== id) ?? 0;
  for (const each of [id, other]) Object.assign(fake.pictures.get(each) ?? {}, { favourite: false });
  await heard();
  expect(library.indexOf(id)).toBeGreaterThanOrEqual(0);
  expect(library.indexOf(other)).toBe(-1);
  expect(selection.single).toBe(id);
  await library.setScope('favourites');
  expect(library.indexOf(id)).toBe(-1);
});

it('lets go of what is deleted', async () => {
  await library.setText('zanzibar');
  Object.assign(fake.pictures.get(id) ?? {}, { name: 'Pemba.jpg' });
  await heard();
  expect([...library.layout.ids]).toEqual([id]);
  Object.assign(fake.pictures.get(id) ?? {}, { deleted_at: '2026-01-01T00:00:00Z' });
  await heard();
  expect(library.layout.count).toBe(0);
});
