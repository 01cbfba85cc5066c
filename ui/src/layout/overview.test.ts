import { expect, it } from 'vitest';
import { OverviewLayout, type OverviewOptions } from './overview';

const options: OverviewOptions = { width: 420, card: 100, columns: 1, gap: { x: 10, y: 16 }, heading: 40, words: 30 };
/** Months, newest first: five of 2024, two of 2023. */
const months = [4, 3, 2, 1, 0, -1, -2].map((key, index) => ({ key: 2024 * 12 + key, first: index * 10, count: 10 }));
const layout = new OverviewLayout(months, 'month', options);

it('puts months under their years, in as many columns as there is room for', () => {
  expect(layout.columns).toBe(3);
  expect(layout.pitch).toBeCloseTo((420 - 20) / 3 / (4 / 3) + 46, 6);
  expect(layout.groups.map(({ year, cards }) => [year, cards.length])).toEqual([
    [2024, 5],
    [2023, 2],
  ]);
  expect(layout.height).toBeCloseTo(80 + 3 * layout.pitch, 6);
  expect(new OverviewLayout(months, 'year', options).groups).toHaveLength(1);
  expect(new OverviewLayout([], 'month', options).height).toBe(0);
});

it('goes up and down by columns, over headings, and no further than the edge', () => {
  expect([0, 1, 2, 3].map((place) => layout.vertical(place, 1))).toEqual([3, 4, 4, 5]);
  expect([3, 4, 5, 6].map((place) => layout.vertical(place, -1))).toEqual([0, 1, 3, 4]);
  expect([layout.vertical(0, -1), layout.vertical(5, 1), layout.vertical(6, 1)]).toEqual([0, 5, 6]);
});

it('knows what is in sight', () => {
  const second = layout.groups[1]?.top ?? 0;
  expect(layout.between(0, second - 1).map(({ year }) => year)).toEqual([2024]);
  expect(layout.between(second + 1, second + 2).map(({ year }) => year)).toEqual([2023]);
  // With its heading.
  expect(layout.extent(5).top).toBe(second);
  expect(layout.extent(3).top).toBeCloseTo(40 + layout.pitch, 6);
});
