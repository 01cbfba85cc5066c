/** The library's layout, which is told by differences. */
import { beforeEach, expect, it, vi } from 'vitest';
import { useIpc } from '@/ipc';
import type { FakeIpc } from '@/ipc/fake';
import { start } from '@/test/start';
import { library } from './library.svelte';

let fake: FakeIpc;

beforeEach(async () => {
  fake = await start();
});

const shown = () => [...library.layout.ids];
const expected = () => [...fake.pictures.values()].filter((picture) => picture.deleted_at === null);

it('asks for the difference to what it has, and shows the same as if it had read everything', async () => {
  const first = fake.called('libraryNews').length;
  for (let round = 0; round < 30; round++) {
    const ids = [...fake.pictures.keys()];
    const one = fake.pictures.get(ids[(round * 7) % ids.length] ?? 0);
    if (one) one.deleted_at = one.deleted_at === null ? '2026-01-01T00:00:00Z' : null;
    const other = fake.pictures.get(ids[(round * 13) % ids.length] ?? 0);
    if (other) other.day = 20_000 + round;
    await library.load();
    const order = expected().sort((a, b) => b.day - a.day || b.id - a.id);
    expect(shown()).toEqual(order.map(({ id }) => id));
    expect(library.counts?.all).toBe(order.length);
    order.forEach(({ id }, place) => expect(library.indexOf(id)).toBe(place));
  }
  const asked = fake.called('libraryNews').slice(first);
  expect(asked.every(([, since]) => Number(since) > 0)).toBe(true);
});

it('draws nothing anew when nothing is new', async () => {
  const { layout, counts } = library;
  await library.load();
  expect(library.layout).toBe(layout);
  expect(library.counts).toBe(counts);
});

it('asks for the whole when versions don’t meet', async () => {
  const news = fake.libraryNews;
  let asked = 0;
  fake.libraryNews = async (query, since) => {
    const answer = await news(query, since);
    // As if another one had been answered in between: the difference to a layout that nobody here has.
    if (asked++ === 0) new DataView(answer).setUint32(4, 4_000_000, true);
    return answer;
  };
  useIpc(fake);
  const one = expected()[0];
  if (one) one.deleted_at = '2026-01-01T00:00:00Z';
  await library.load();
  expect(asked).toBe(2);
  expect(fake.called('libraryNews').at(-1)?.[1]).toBe(0);
  expect(shown()).toHaveLength(expected().length);
});

it('is right after calls that overtake each other', async () => {
  await Promise.all([
    library.load(),
    library.setScope('favourites'),
    library.load(),
    library.setText('harbour'),
    library.setScope('all'),
    library.setText(''),
  ]);
  await library.load();
  expect(shown()).toEqual(
    expected()
      .sort((a, b) => b.day - a.day || b.id - a.id)
      .map(({ id }) => id),
  );
});

it('gathers news for the longer the larger the library is', () => {
  const timer = vi.spyOn(globalThis, 'setTimeout');
  library.layout = { ...library.layout, count: 100_000 };
  fake.libraryChanged();
  expect(timer.mock.calls.at(-1)?.[1]).toBeGreaterThanOrEqual(1_000);
  library.reset();
});

it('remembers the order of each part at the next start', async () => {
  await library.setSort('name');
  await library.setScope('trash');
  expect(library.query.sort).toBe('deleted');
  await library.setSort('newest');
  await start();
  expect(library.query.sort).toBe('name');
  await library.setScope('trash');
  expect(library.query.sort).toBe('newest');
  localStorage.clear();
  await start();
  expect(library.query.sort).toBe('newest');
});
