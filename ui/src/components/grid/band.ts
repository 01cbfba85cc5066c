/** The rubber band: a rectangle in the grid's own coordinates, so that it grows over pictures that scroll in. */
import type { Box } from '@/layout/justify';

/** How far the pointer moves before it draws a band instead of clicking, in px. */
export const BAND_STARTS = 5;
/** How near the edge the grid begins to scroll by itself, in px. */
const EDGE = 40;
/** Fastest scrolling by itself, in px per frame. */
const SPEED = 24;

/** The rectangle between two points. */
export function rectangle(a: { x: number; y: number }, b: { x: number; y: number }): Box {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

/** How far to scroll in this frame when the pointer is at `y` of a viewport of `height`. */
export function edgeScroll(y: number, height: number): number {
  if (y < EDGE) return -Math.min(SPEED, ((EDGE - y) / EDGE) * SPEED);
  if (y > height - EDGE) return Math.min(SPEED, ((y - height + EDGE) / EDGE) * SPEED);
  return 0;
}
