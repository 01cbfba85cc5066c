import { expect, it } from 'vitest';
import { settle } from './settle';
import type { LibraryLayout } from './decode';

function layout(...ids: number[]): LibraryLayout {
  return {
    count: ids.length,
    ids: Uint32Array.from(ids),
    aspects: Float32Array.from(ids, (id) => id / 10),
    days: Int32Array.from(ids, (id) => id * 2),
  };
}

const settled = (shown: number[], found: number[]) => [...settle(layout(...shown), layout(...found)).ids];

it('keeps the order that is shown', () => {
  expect(settled([1, 2, 3], [3, 1, 2])).toEqual([1, 2, 3]);
});

it('puts what is new behind what it was found behind', () => {
  expect(settled([1, 2, 3], [8, 3, 9, 1, 2])).toEqual([8, 1, 2, 3, 9]);
  expect(settled([], [2, 1])).toEqual([2, 1]);
});

it('lets go of what is gone', () => {
  expect(settled([1, 2, 3], [3, 1])).toEqual([1, 3]);
});

it('moves the facts of a picture with it', () => {
  const { ids, aspects, days } = settle(layout(1, 2), layout(2, 1));
  expect([...ids]).toEqual([1, 2]);
  expect(aspects[0]).toBeCloseTo(0.1);
  expect([...days]).toEqual([2, 4]);
});

it('gives the very same where nothing moves', () => {
  const found = layout(1, 9, 2);
  expect(settle(layout(1, 2, 3), found)).toBe(found);
});
