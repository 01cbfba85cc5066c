/** Short messages at the window's edge: what was done, with a way back, and what went wrong. */
import { m } from '@/paraglide/messages';
import type { EngineError, NoticeKind } from '@/ipc';

/** How long a plain message stays, in ms. */
export const PLAIN_MS = 5_000;
/** How long something can be undone, in ms. */
export const UNDO_MS = 10_000;

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface Toast {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly message: string;
  readonly action: ToastAction | undefined;
  /** Milliseconds until it goes by itself; undefined when it stays until dismissed. */
  readonly lasts: number | undefined;
}

/** What an error says to people. Everything that the engine rejects with is an `EngineError`. */
export function sentence(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const { message } = error as EngineError;
    if (typeof message === 'string' && message) return message;
  }
  return m.error_unexpected();
}

class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  private next = 1;
  private timers = new Map<number, { left: number; since: number; timer: ReturnType<typeof setTimeout> }>();

  show(kind: NoticeKind, message: string, options: { action?: ToastAction; lasts?: number } = {}): number {
    // The same sentence twice is one toast: a queue of a hundred failures must not bury the window.
    const same = this.list.find((toast) => toast.message === message && !toast.action && !options.action);
    if (same) this.dismiss(same.id);
    const id = this.next++;
    const lasts = options.lasts ?? (kind === 'error' ? undefined : PLAIN_MS);
    this.list = [...this.list.slice(-3), { id, kind, message, action: options.action, lasts }];
    if (lasts !== undefined) this.start(id, lasts);
    return id;
  }

  /** Shows what an error says. */
  error(error: unknown): void {
    console.error(error);
    this.show('error', sentence(error));
  }

  /** Says what was done and offers to take it back. */
  undoable(message: string, undo: () => void): void {
    const id = this.show('info', message, {
      lasts: UNDO_MS,
      action: {
        label: m.undo(),
        run: () => {
          this.dismiss(id);
          undo();
        },
      },
    });
  }

  dismiss(id: number): void {
    clearTimeout(this.timers.get(id)?.timer);
    this.timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Stops the clocks, while somebody reads or reaches for a button. */
  hold(): void {
    for (const clock of this.timers.values()) {
      clearTimeout(clock.timer);
      clock.left -= Date.now() - clock.since;
    }
  }

  release(): void {
    for (const [id, clock] of [...this.timers]) this.start(id, Math.max(1_000, clock.left));
  }

  clear(): void {
    for (const toast of this.list) this.dismiss(toast.id);
  }

  private start(id: number, left: number): void {
    clearTimeout(this.timers.get(id)?.timer);
    this.timers.set(id, { left, since: Date.now(), timer: setTimeout(() => this.dismiss(id), left) });
  }
}

export const toasts = new Toasts();
