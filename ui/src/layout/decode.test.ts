import { describe, expect, it } from 'vitest';
import { decodeLayout } from './decode';

function bytes(items: [id: number, aspectMilli: number, day: number][]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(items.length * 12));
  items.forEach(([id, aspect, day], index) => {
    view.setUint32(index * 12, id, true);
    view.setUint32(index * 12 + 4, aspect, true);
    view.setInt32(index * 12 + 8, day, true);
  });
  return view.buffer;
}

describe('decodeLayout', () => {
  it('reads little-endian items in their order', () => {
    const layout = decodeLayout(
      bytes([
        [7, 1500, 20_000],
        [4_000_000_000, 667, -3],
      ]),
    );
    expect(layout.count).toBe(2);
    expect([...layout.ids]).toEqual([7, 4_000_000_000]);
    expect(layout.aspects[0]).toBeCloseTo(1.5);
    expect(layout.aspects[1]).toBeCloseTo(0.667);
    expect([...layout.days]).toEqual([20_000, -3]);
  });

  it('reads an empty library', () => {
    expect(decodeLayout(new ArrayBuffer(0)).count).toBe(0);
  });

  it('keeps extreme shapes within what a grid can show', () => {
    const layout = decodeLayout(
      bytes([
        [1, 50, 0],
        [2, 30_000, 0],
        [3, 0, 0],
      ]),
    );
    expect(layout.aspects[0]).toBeCloseTo(0.4);
    expect(layout.aspects[1]).toBe(4);
    expect(layout.aspects[2]).toBe(1);
  });

  it('refuses bytes that are no whole number of items', () => {
    expect(() => decodeLayout(new ArrayBuffer(13))).toThrow(RangeError);
  });
});
