import { expect, it } from 'vitest';
import { ROW, visible } from './window';

const HEIGHT = 6 * ROW;

it('draws what is seen and a little more', () => {
  const none = { behind: 0, height: 0 };
  expect(visible(0, HEIGHT, 1_000, none)).toEqual({ from: 0, to: 12 });
  expect(visible(100 * ROW, HEIGHT, 1_000, none)).toEqual({ from: 94, to: 112 });
});

it('reckons with what stands between the rows', () => {
  const gap = { behind: 10, height: 20 * ROW };
  // Nothing but the gap is seen: the rows on both sides of it are at hand.
  expect(visible(12 * ROW, HEIGHT, 1_000, gap)).toEqual({ from: 4, to: 16 });
  expect(visible(130 * ROW, HEIGHT, 1_000, gap)).toEqual({ from: 104, to: 122 });
});
