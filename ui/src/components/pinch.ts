/**
 * Pinching, as it comes to the page: with Ctrl held, a wheel means it, and web views turn the pinch of a touchpad into that;
 * those of Apple have events of their own.
 */
import type { Attachment } from 'svelte/attachments';

/** Where a pinch is, in px from the window's top left. */
export interface At {
  x: number;
  y: number;
}

/** What a wheel's turn of so many px doubles. */
const DOUBLES = 500;
/** A line that a wheel turns by, in px. */
const LINE = 18;

interface GestureEvent extends UIEvent {
  readonly scale: number;
  readonly clientX: number;
  readonly clientY: number;
}

/** By how much a wheel enlarges. */
export function wheelFactor({ deltaY, deltaMode }: WheelEvent): number {
  return 2 ** (-(deltaMode === WheelEvent.DOM_DELTA_LINE ? deltaY * LINE : deltaY) / DOUBLES);
}

/** Tells of pinching on an element: by how much it enlarges, and where. */
export function pinching<T extends HTMLElement>(onpinch: (factor: number, at: At) => void): Attachment<T> {
  return (element) => {
    let scale = 1;
    const at = ({ clientX: x, clientY: y }: { clientX: number; clientY: number }) => ({ x, y });
    const wheel = (event: WheelEvent) => {
      // What is inside may have understood it.
      if (!event.ctrlKey || event.defaultPrevented) return;
      event.preventDefault();
      onpinch(wheelFactor(event), at(event));
    };
    const start = (event: Event) => {
      event.preventDefault();
      scale = 1;
    };
    const change = (event: Event) => {
      event.preventDefault();
      const gesture = event as GestureEvent;
      onpinch(gesture.scale / scale, at(gesture));
      scale = gesture.scale;
    };
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('gesturestart', start);
    element.addEventListener('gesturechange', change);
    return () => {
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('gesturestart', start);
      element.removeEventListener('gesturechange', change);
    };
  };
}
