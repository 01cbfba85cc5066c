/** When the panel of the uploads folds by itself, and how it was left. */

import { note, noted } from './storage';

/** How long it says that all is well before it folds, in ms. */
export const FOLD_MS = 5_000;

/** Folds something a while later, but not while somebody is in it. */
export class Folding {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private within = false;
  private due = false;

  constructor(private readonly fold: () => void) {}

  soon(): void {
    this.never();
    this.due = true;
    if (!this.within) this.timer = setTimeout(() => this.now(), FOLD_MS);
  }

  never(): void {
    clearTimeout(this.timer);
    this.due = false;
  }

  /** The pointer or the keyboard is in it. */
  enter(): void {
    this.within = true;
    clearTimeout(this.timer);
  }

  leave(): void {
    this.within = false;
    if (this.due) this.soon();
  }

  private now(): void {
    this.due = false;
    this.fold();
  }
}

/** How somebody has left the panel; undefined as it comes. */
export type Left = 'closed' | 'folded' | undefined;

const key = (place: string) => `uploads-panel ${place}`;

/** Each place has a queue of its own. */
export function rememberLeft(place: string, left: Left): void {
  note(key(place), left);
}

export function recallLeft(place: string): Left {
  const left = noted(key(place));
  return left === 'closed' || left === 'folded' ? left : undefined;
}
