import { expect, it } from 'vitest';
import { decodeNews, emptyLayout, type LibraryLayout } from './decode';
import { Places } from './places';

type Item = readonly [id: number, aspectMilli: number, day: number];
interface Change {
  at: number;
  removed: number;
  added: Item[];
}

/** Bytes as `engine::view::LayoutNews` writes them. */
function news(version: number, base: number, changes: Change[]): ArrayBuffer {
  const added = changes.flatMap((change) => change.added);
  const view = new DataView(new ArrayBuffer(44 + changes.length * 12 + added.length * 12));
  const head = [version, base, 5, 4, 3, 2, 1, 6, changes.length];
  head.forEach((number, index) => view.setUint32(index * 4, number, true));
  view.setFloat64(36, 5e12, true);
  changes.forEach((change, index) =>
    [change.at, change.removed, change.added.length].forEach((number, field) =>
      view.setUint32(44 + index * 12 + field * 4, number, true),
    ),
  );
  added.forEach(([id, aspect, day], index) => {
    const from = 44 + changes.length * 12 + index * 12;
    view.setUint32(from, id, true);
    view.setUint32(from + 4, aspect, true);
    view.setInt32(from + 8, day, true);
  });
  return view.buffer;
}

const items = (layout: LibraryLayout): Item[] =>
  Array.from({ length: layout.count }, (_, place) => [
    layout.ids[place] as number,
    Math.round((layout.aspects[place] as number) * 1_000),
    layout.days[place] as number,
  ]);

it('reads versions and counts', () => {
  const { version, base, counts } = decodeNews(news(9, 8, []));
  expect([version, base]).toEqual([9, 8]);
  expect(counts).toEqual({ all: 5, favourites: 4, recent: 3, undescribed: 2, trash: 1, bytes: 5e12, duplicates: 6 });
});

it('leaves a layout as it is when nothing in it is new', () => {
  const { apply } = decodeNews(news(2, 1, []));
  expect(apply(emptyLayout)).toBe(emptyLayout);
});

it('makes of a layout what any changes say', () => {
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  let next = 1;
  const item = (): Item => [next++, 500 + random(3_000), random(40_000) - 20_000];
  let wanted: Item[] = [];
  let layout = emptyLayout;
  for (let round = 0; round < 300; round++) {
    const changes: Change[] = [];
    const made: Item[] = [];
    for (let place = 0; place <= wanted.length;) {
      const removed = random(4) === 0 ? random(Math.min(4, wanted.length - place) + 1) : 0;
      const added = Array.from({ length: random(4) === 0 ? random(4) : 0 }, item);
      if (removed + added.length > 0) changes.push({ at: place, removed, added });
      made.push(...added);
      place += removed;
      // What stands between two changes stays.
      const kept = wanted.slice(place, place + 1 + random(6));
      made.push(...kept);
      place += Math.max(1, kept.length);
    }
    layout = decodeNews(news(round + 2, round + 1, changes)).apply(layout);
    expect(items(layout)).toEqual(made);
    wanted = made.slice(0, 60);
    // Not more than can be looked at: the rest is gone.
    if (made.length > 60)
      layout = decodeNews(news(0, 0, [{ at: 60, removed: made.length - 60, added: [] }])).apply(layout);
  }
});

it('knows where each picture is, of one layout after the other', () => {
  const places = new Places(Uint32Array.of(5, 2, 9));
  expect([5, 2, 9, 1, 100_000].map((id) => places.of(id))).toEqual([0, 1, 2, -1, -1]);
  places.fill(Uint32Array.of(70_000, 9));
  expect([5, 2, 9, 70_000].map((id) => places.of(id))).toEqual([-1, -1, 1, 0]);
});
