/** One picture after the other by itself, with nothing over it while nobody moves. */
import { viewing } from '@/stores/viewing.svelte';
import type { SlideState } from './stage';

/** How long it waits for a picture that doesn't come, in seconds. */
export const PATIENCE = 12;
/** How long (ms) nobody moves before what stands over the picture goes. */
const STILL_MS = 2_500;

/** What is looked at. */
export interface Showing {
  id: number;
  /** How far it is. */
  state: SlideState;
  /** Whether it isn't seen, or looked at more closely: then it stays. */
  stays: boolean;
}

export class Slideshow {
  /** Whether nobody has moved for a while. */
  still = $state(false);
  private moves = $state(0);

  /** To be made while a component is: it ends with that. `next` shows the next picture. */
  constructor(showing: () => Showing, next: () => void) {
    $effect(() => {
      const { id, state, stays } = showing();
      void id;
      if (!viewing.playing || stays) return;
      const seconds = state === 'loading' ? Math.max(PATIENCE, viewing.seconds) : viewing.seconds;
      const timer = setTimeout(next, seconds * 1_000);
      return () => clearTimeout(timer);
    });
    $effect(() => {
      void this.moves;
      this.still = false;
      if (!viewing.playing) return;
      const timer = setTimeout(() => (this.still = true), STILL_MS);
      return () => clearTimeout(timer);
    });
  }

  /** Somebody moves the pointer, or has pressed a key. */
  moved(): void {
    this.moves++;
  }
}
