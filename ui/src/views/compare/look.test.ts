import { expect, it } from 'vitest';
import { fit, Look } from './look.svelte';

const room = { width: 400, height: 300 };
const wide = fit(room, 4000, 2000);
const tall = fit(room, 2000, 4000);

it('fits pictures into their panes, and enlarges none for that', () => {
  expect(wide).toMatchObject({ width: 400, height: 200 });
  expect(tall).toMatchObject({ width: 150, height: 300 });
  expect(fit(room, 100, 50)).toMatchObject({ width: 100, height: 50 });
  expect(new Look().drawn(wide)).toEqual({ left: 0, top: 50, width: 400, height: 200 });
});

it('keeps what is under the pointer where it is', () => {
  const look = new Look();
  const at = { x: 300, y: 120 };
  const share = () => {
    const { left, top, width, height } = look.drawn(wide);
    return { x: (at.x - left) / width, y: (at.y - top) / height };
  };
  look.zoom(4, wide, at);
  const before = share();
  look.zoom(2, wide, at);
  expect(share().x).toBeCloseTo(before.x, 6);
  expect(share().y).toBeCloseTo(before.y, 6);
});

it('shows the same part of pictures of other sizes', () => {
  const look = new Look();
  look.zoom(8, wide, { x: 260, y: 170 });
  const middle = [wide, tall].map((fitted) => {
    const { left, top, width, height } = look.drawn(fitted);
    return [(room.width / 2 - left) / width, (room.height / 2 - top) / height];
  });
  expect(middle[0]?.[0]).toBeGreaterThan(0.6);
  middle[0]?.forEach((share, side) => expect(middle[1]?.[side]).toBeCloseTo(share, 6));
});

it('moves no further than to the edge, and comes back to all of it', () => {
  const look = new Look();
  look.zoom(2, wide);
  look.pan(10_000, 10_000, wide);
  expect(look.drawn(wide)).toEqual({ left: 0, top: 0, width: 800, height: 400 });
  look.zoom(0.001, wide);
  expect(look.zoomed).toBe(false);
  expect(look.drawn(wide).top).toBe(50);
});
