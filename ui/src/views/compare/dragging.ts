/** Moving with a pointer that is held, and zooming with two fingers. */
import type { Attachment } from 'svelte/attachments';
import type { Point } from './look.svelte';

export interface Drags {
  /** By so many px. */
  move: (x: number, y: number) => void;
  /** Two fingers go apart by a factor, about a point of the window. */
  pinch: (factor: number, at: Point) => void;
}

export function dragging({ move, pinch }: Drags): Attachment<HTMLElement> {
  return (element) => {
    const held = new Map<number, Point>();

    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      held.set(event.pointerId, { x: event.clientX, y: event.clientY });
      element.setPointerCapture?.(event.pointerId);
    };
    const moved = (event: PointerEvent) => {
      const before = held.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
      held.set(event.pointerId, now);
      const share = other ? 0.5 : 1;
      move((now.x - before.x) * share, (now.y - before.y) * share);
      if (!other) return;
      const apart = (point: Point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      pinch(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    };
    const up = (event: PointerEvent) => held.delete(event.pointerId);

    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', moved);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    return () => {
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', moved);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
    };
  };
}
