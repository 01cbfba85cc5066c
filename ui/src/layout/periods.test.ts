import { describe, expect, it } from 'vitest';
import type { LibraryLayout } from './decode';
import { monthOfDay } from './months';
import { stretchAt, stretches, type Period } from './periods';

function layout(days: number[]): LibraryLayout {
  const count = days.length;
  return { count, ids: new Uint32Array(count), aspects: new Float32Array(count), days: Int32Array.from(days) };
}

/** One after the other. */
function slowly(days: number[], keyOf: (day: number) => number) {
  const found: { key: number; first: number; count: number }[] = [];
  days.forEach((day, first) => {
    const last = found.at(-1);
    if (last?.key === keyOf(day)) last.count++;
    else found.push({ key: keyOf(day), first, count: 1 });
  });
  return found;
}

describe('stretches', () => {
  const falling = Array.from({ length: 3_000 }, (_, index) => 20_000 - Math.floor((index * index) / 2_000));
  const keys: [Period, (day: number) => number][] = [
    ['day', (day) => day],
    ['month', monthOfDay],
    ['year', (day) => Math.floor(monthOfDay(day) / 12)],
  ];

  it.each(keys)('finds each %s once, in either direction', (period, keyOf) => {
    for (const days of [falling, falling.toReversed()]) {
      expect(stretches(layout(days), period)).toEqual(slowly(days, keyOf));
    }
  });

  it('finds nothing in nothing, and one of one', () => {
    expect(stretches(layout([]), 'month')).toEqual([]);
    expect(stretches(layout([0]), 'year')).toEqual([{ key: 1970, first: 0, count: 1 }]);
  });

  it('knows the one that holds a picture', () => {
    const days = stretches(layout([5, 5, 4, 3, 3]), 'day');
    expect([0, 1, 2, 4].map((place) => stretchAt(days, place)?.key)).toEqual([5, 5, 4, 3]);
  });
});
