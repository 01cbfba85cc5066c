import { describe, expect, it } from 'vitest';
import { random } from '@/ipc/fake-pictures';
import type { LibraryLayout } from './decode';
import { JustifiedGrid, type JustifyOptions } from './justify';

const options: JustifyOptions = { width: 1000, rowHeight: 200, gap: 6, headerHeight: 48, group: 'month' };

/** Pictures of random shapes, `perDay` of them on each day, going back in time. */
function library(count: number, perDay = 5): LibraryLayout {
  const next = random(count);
  return {
    count,
    ids: Uint32Array.from({ length: count }, (_, index) => index + 1),
    aspects: Float32Array.from({ length: count }, () => 0.5 + next() * 2),
    days: Int32Array.from({ length: count }, (_, index) => 20_000 - Math.floor(index / perDay)),
  };
}

function rowWidth(grid: JustifiedGrid, row: number): number {
  let right = 0;
  grid.eachInRow(row, (_, x, width) => (right = x + width));
  return right;
}

describe('JustifiedGrid', () => {
  it('shows every picture once, in order', () => {
    const grid = new JustifiedGrid(library(997), options);
    const seen: number[] = [];
    for (let row = 0; row < grid.rows; row++) grid.eachInRow(row, (index) => seen.push(index));
    expect(seen).toEqual(Array.from({ length: 997 }, (_, index) => index));
  });

  it('fills every row from edge to edge, but the last of a month', () => {
    const grid = new JustifiedGrid(library(997), options);
    const lastRows = new Set(
      grid.sections.map((section) => (grid.sections.find((s) => s.first > section.first)?.firstRow ?? grid.rows) - 1),
    );
    for (let row = 0; row < grid.rows; row++) {
      if (lastRows.has(row)) expect(rowWidth(grid, row)).toBeLessThanOrEqual(1000.01);
      else expect(rowWidth(grid, row)).toBeCloseTo(1000, 1);
    }
  });

  it('keeps rows near the height that is aimed at', () => {
    const grid = new JustifiedGrid(library(997), options);
    for (let row = 0; row < grid.rows; row++) {
      const height = grid.rowBottom(row) - grid.rowTop(row);
      expect(height).toBeLessThanOrEqual(200 * 1.26);
      expect(height).toBeGreaterThan(80);
    }
  });

  it('groups by month, with room for a heading', () => {
    const grid = new JustifiedGrid(library(600, 3), options);
    expect(grid.sections.length).toBe(8);
    expect(grid.sections.reduce((sum, section) => sum + section.count, 0)).toBe(600);
    for (const section of grid.sections) expect(grid.rowTop(section.firstRow)).toBe(section.top + 48);
  });

  it('puts short months side by side, and reaches every one of them', () => {
    // One or two square pictures in each of thirty months, and then a full one.
    const days: number[] = [];
    for (let month = 0; month < 30; month++)
      for (let each = 0; each <= month % 2; each++) days.push(20_000 - month * 31);
    for (let each = 0; each < 60; each++) days.push(19_000);
    const layout = {
      count: days.length,
      ids: Uint32Array.from(days, (_, index) => index + 1),
      aspects: new Float32Array(days.length).fill(1),
      days: Int32Array.from(days),
    };
    const grid = new JustifiedGrid(layout, options);
    const [first, second, third, fourth] = grid.sections;
    expect(first).toMatchObject({ left: 0, top: 0, width: 200 });
    expect(second).toMatchObject({ left: 220, top: 0, width: 406 });
    expect(third).toMatchObject({ left: 646, top: 0, width: 200 });
    expect(fourth).toMatchObject({ left: 0, top: 48 + 200 + 6 });
    expect(grid.sectionsBetween(100, 120)).toHaveLength(3);
    expect(grid.rowsBetween(100, 120)).toEqual({ start: 0, end: 3 });
    expect(grid.within({ x: 650, y: 100, width: 10, height: 10 })).toEqual([3]);

    // Down from the middle of the first line to the nearest of the second, and back up.
    const below = grid.vertical(2, 1);
    expect(grid.box(below)).toMatchObject({ x: 426, y: 48 + 200 + 6 + 48 });
    expect(grid.vertical(below, -1)).toBe(2);

    const seen: number[] = [];
    for (let row = 0; row < grid.rows; row++) grid.eachInRow(row, (index) => seen.push(index));
    expect(seen).toEqual(days.map((_, index) => index));
    const long = grid.sections.at(-1);
    expect(long).toMatchObject({ left: 0, width: 1000, count: 60 });
    const lastShort = grid.sections.at(-2);
    expect(long?.top).toBe((lastShort?.top ?? 0) + 48 + 200 + 6);
  });

  it('has no headings when the order does not go by date', () => {
    const grid = new JustifiedGrid(library(600, 3), { ...options, group: undefined });
    expect(grid.sections.length).toBe(1);
    expect(grid.rowTop(0)).toBe(0);
  });

  it('finds rows by height, and nothing outside the grid', () => {
    const grid = new JustifiedGrid(library(997), options);
    const { start, end } = grid.rowsBetween(3000, 3700);
    for (let row = start; row < end; row++) {
      expect(grid.rowBottom(row)).toBeGreaterThanOrEqual(3000);
      expect(grid.rowTop(row)).toBeLessThanOrEqual(3700);
    }
    expect(grid.rowBottom(start - 1)).toBeLessThan(3000);
    expect(grid.rowTop(end)).toBeGreaterThan(3700);
    expect(grid.rowsBetween(grid.height + 500, grid.height + 900)).toEqual({ start: grid.rows, end: grid.rows });
  });

  it('lays out an empty library and a single picture', () => {
    const empty = new JustifiedGrid(library(0), options);
    expect(empty.height).toBe(0);
    expect(empty.rowsBetween(0, 1000)).toEqual({ start: 0, end: 0 });
    const one = new JustifiedGrid(library(1), options);
    expect(one.box(0)).toMatchObject({ x: 0, y: 48, height: 200 });
  });

  it('moves up and down to the picture that is nearest', () => {
    const grid = new JustifiedGrid(library(200), options);
    const below = grid.vertical(0, 1);
    expect(grid.rowOf(below)).toBe(1);
    expect(grid.rowOf(grid.vertical(below, -1))).toBe(0);
    expect(grid.vertical(0, -1)).toBe(0);
    expect(grid.vertical(199, 1)).toBe(199);
  });

  it('gives the pictures that a rectangle touches', () => {
    const grid = new JustifiedGrid(library(200), options);
    const box = grid.box(4);
    expect(grid.within({ x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 })).toEqual([4]);
    expect(grid.within({ x: 0, y: 0, width: 1000, height: grid.height })).toHaveLength(200);
  });

  it('reaches the last of a million pictures', () => {
    const count = 1_000_000;
    const grid = new JustifiedGrid(library(count, 40), options);
    expect(grid.height).toBeGreaterThan(33_554_432);
    const rows = grid.rowsBetween(grid.height - 10, grid.height);
    expect(grid.rowRange(rows.end - 1).end).toBe(count);
    expect(grid.rowOf(count - 1)).toBe(grid.rows - 1);
  });
});
