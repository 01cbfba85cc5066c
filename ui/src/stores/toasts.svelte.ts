/** Short messages at the window's edge: what was done, with a way back, and what went wrong. */
import { m } from '@/paraglide/messages';
import type { EngineError, NoticeKind } from '@/ipc';
import { whenLeft } from './visit';

/** How long a plain message stays, in ms. */
export const PLAIN_MS = 5_000;
/** How long something can be undone, in ms. */
export const UNDO_MS = 10_000;
/** How long an error stays, in ms: time to read it and to do what it says. */
export const ERROR_MS = 30_000;
/** How many are shown together; more would bury the window. */
const MOST = 3;

export interface ToastAction {
  label: string;
  run: () => void;
  /** Whether it is about what the place has that is open, and goes with it. */
  ofPlace?: boolean;
}

export interface Toast {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly message: string;
  readonly action: ToastAction | undefined;
  /** Milliseconds until it goes by itself, while nobody reads it; undefined when it stays until dismissed. */
  readonly lasts: number | undefined;
  /** What is to be done when somebody sends it away. */
  readonly closed: (() => void) | undefined;
  /** When it began, in ms since 1970. */
  readonly since: number;
  /** The dialog that was open then, which it is about. */
  readonly dialog: string | undefined;
  /** The picture that something was refused for because it is in the trash. */
  readonly inTrash: number | undefined;
}

/** What an error says to people. Everything that the engine rejects with is an `EngineError`. */
export function sentence(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const { message } = error as EngineError;
    if (typeof message === 'string' && message) return message;
  }
  return m.error_unexpected();
}

/** Whether something was asked of a place, and none is open. */
export const isNoPlace = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (error as Partial<EngineError>).code === 'no_place';

/** Whether something was refused because its picture is in the trash. */
export const isInTrash = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (error as Partial<EngineError>).reason === 'library_in_trash';

/** Whether it goes by itself. */
const passing = (toast: Toast) => toast.lasts !== undefined;

class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  private next = 1;
  private timers = new Map<number, { left: number; since: number; timer: ReturnType<typeof setTimeout> }>();
  private held = false;
  private dialog: string | undefined;

  show(
    kind: NoticeKind,
    message: string,
    options: { action?: ToastAction; lasts?: number; closed?: () => void; inTrash?: number } = {},
  ): number {
    const { action, closed, inTrash } = options;
    // What offers something says the same and more.
    const more = action ? undefined : this.list.find((toast) => toast.action && toast.message === message);
    if (more && kind === 'error') return more.id;
    // The same sentence twice is one toast, and what was done last is what somebody wants to hear of.
    const replaced = this.list.filter(
      (toast) =>
        !toast.action && ((toast.message === message && !action) || (kind === 'success' && toast.kind === 'success')),
    );
    for (const { id } of replaced) this.dismiss(id);
    const id = this.next++;
    // What an error offers, such as words that are kept nowhere else, goes when somebody says so.
    const lasts = options.lasts ?? (kind !== 'error' ? PLAIN_MS : action ? undefined : ERROR_MS);
    const over = this.list.length + 1 - MOST;
    if (over > 0) for (const toast of this.list.filter(passing).slice(0, over)) this.dismiss(toast.id);
    const since = Date.now();
    this.list = [...this.list, { id, kind, message, action, lasts, closed, since, dialog: this.dialog, inTrash }];
    if (lasts !== undefined) this.start(id, lasts);
    return id;
  }

  /** Shows what an error says; of the picture that it is about, if that is known. */
  error(error: unknown, picture?: { id: number; name: string }): void {
    console.error(error);
    // What was still asked of a place that has been left is no longer wanted, and the welcome says what to do.
    if (isNoPlace(error)) return;
    if (picture && isInTrash(error)) {
      const message = m.about_picture({ name: picture.name, text: sentence(error) });
      this.show('error', message, { inTrash: picture.id });
    } else this.show('error', sentence(error));
  }

  /**
   * Says what was done and offers to take it back, for as long as the place is open where it was done: `here` tells that,
   * from when it began. In another place the same numbers are other pictures.
   */
  undoable(message: string, undo: () => void, here: () => boolean): void {
    if (!here()) return;
    const id = this.show('info', message, {
      lasts: UNDO_MS,
      action: {
        label: m.undo(),
        ofPlace: true,
        run: () => {
          this.dismiss(id);
          if (here()) undo();
        },
      },
    });
  }

  /** Somebody sends it away. */
  close(toast: Toast): void {
    this.dismiss(toast.id);
    toast.closed?.();
  }

  dismiss(id: number): void {
    clearTimeout(this.timers.get(id)?.timer);
    this.timers.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
    if (this.list.length === 0) this.held = false;
  }

  /** Another part of the library is shown: errors are about what was there before. */
  moved(): void {
    for (const toast of this.list) if (passing(toast) && toast.kind === 'error') this.dismiss(toast.id);
  }

  /** Somebody goes on to this picture: what was refused of another one is over. */
  lookingAt(picture: number): void {
    for (const toast of this.list) {
      if (toast.inTrash !== undefined && toast.inTrash !== picture) this.dismiss(toast.id);
    }
  }

  /** The place is left: what could be done about its pictures can't be done from elsewhere. */
  left(): void {
    for (const toast of this.list) if (toast.action?.ofPlace) this.dismiss(toast.id);
  }

  /** A dialog opens or closes; errors that were told in it end with it. */
  inDialog(dialog: string | undefined): void {
    const before = this.dialog;
    this.dialog = dialog;
    if (before === undefined || before === dialog) return;
    const told = (toast: Toast) => passing(toast) && toast.kind === 'error' && toast.dialog === before;
    for (const toast of this.list) if (told(toast)) this.dismiss(toast.id);
  }

  /** Stops the clocks, while somebody reads or reaches for a button. */
  hold(): void {
    if (this.held) return;
    this.held = true;
    for (const clock of this.timers.values()) {
      clearTimeout(clock.timer);
      clock.left -= Date.now() - clock.since;
    }
  }

  release(): void {
    if (!this.held) return;
    this.held = false;
    for (const [id, clock] of [...this.timers]) this.start(id, Math.max(1_000, clock.left));
  }

  clear(): void {
    for (const toast of this.list) this.dismiss(toast.id);
  }

  private start(id: number, left: number): void {
    clearTimeout(this.timers.get(id)?.timer);
    const clock = { left, since: Date.now(), timer: setTimeout(() => this.dismiss(id), left) };
    if (this.held) clearTimeout(clock.timer);
    this.timers.set(id, clock);
  }
}

export const toasts = new Toasts();

whenLeft(() => toasts.left());
