import { describe, expect, it } from 'vitest';
import { ScrollMap } from './scroll-map';

describe('ScrollMap', () => {
  it('is the identity for a library that fits', () => {
    const map = new ScrollMap(1_000_000);
    map.resize(50_000, 800);
    expect(map.scrollTo(12_345)).toBeUndefined();
    expect(map.position).toBe(12_345);
    expect(map.shift).toBe(0);
    map.scrollTo(49_200);
    expect(map.position).toBe(49_200);
  });

  it('moves pictures by what a wheel moved, however large the library is', () => {
    const map = new ScrollMap(1_000_000);
    map.resize(40_000_000, 800);
    map.goTo(20_000_000);
    const from = map.position;
    const scrolled = 20_000_000 / ((40_000_000 - 800) / (1_000_000 - 800));
    map.scrollTo(scrolled + 120);
    expect(map.position - from).toBeCloseTo(120);
  });

  it('goes by proportion when the scroll bar is dragged', () => {
    const map = new ScrollMap(1_000_000);
    map.resize(40_000_000, 800);
    map.scrollTo(999_200 / 2);
    expect(map.position).toBeCloseTo((40_000_000 - 800) / 2);
  });

  it('reaches both ends', () => {
    const map = new ScrollMap(1_000_000);
    map.resize(40_000_000, 800);
    map.scrollTo(999_200);
    expect(map.position).toBe(40_000_000 - 800);
    map.scrollTo(0);
    expect(map.position).toBe(0);
  });

  it('goes on when the scroll bar ran against its end before the grid did', () => {
    const map = new ScrollMap(1_000_000);
    map.resize(40_000_000, 800);
    let scrolled = map.goTo(39_990_000);
    // Wheel down in small steps, as a browser would, until nothing moves any more.
    for (let step = 0; step < 400; step++) {
      const next = Math.min(999_200, scrolled + 100);
      scrolled = map.scrollTo(next) ?? next;
    }
    expect(map.position).toBe(40_000_000 - 800);
  });

  it('settles into proportion without moving pictures', () => {
    const map = new ScrollMap(1_000_000);
    map.resize(40_000_000, 800);
    let scrolled = map.goTo(10_000_000);
    for (let step = 0; step < 50; step++) map.scrollTo((scrolled += 500));
    const { position } = map;
    const settled = map.settle();
    expect(map.position).toBe(position);
    expect(settled).toBeCloseTo(position / ((40_000_000 - 800) / (1_000_000 - 800)));
    expect(map.settle()).toBeUndefined();
  });

  it('keeps its place when the library grows or the window changes', () => {
    const map = new ScrollMap(1_000_000);
    map.resize(50_000, 800);
    map.goTo(30_000);
    map.resize(60_000, 500);
    expect(map.position).toBe(30_000);
    map.resize(10_000, 500);
    expect(map.position).toBe(9_500);
  });
});
