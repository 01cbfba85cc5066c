/** Short messages at the window's edge: what was done, with a way back, and what went wrong. */
import { m } from '@/paraglide/messages';
import type { EngineError, NoticeKind } from '@/ipc';
import { whenLeft } from './visit';

/** How long a plain message stays, in ms. */
export const PLAIN_MS = 5_000;
/** How long something can be undone, in ms. */
export const UNDO_MS = 10_000;
/** How long an error stays that can be seen, in ms: time to read it and to do what it says. */
export const ERROR_MS = 30_000;
/** How long a message stays at least once nobody reads it any more, in ms. */
const SHORTEST_MS = 1_000;
/** How many are shown together; more would bury the window. */
const MOST = 3;

export interface ToastAction {
  label: string;
  run: () => void;
  /** Whether it is about what the place has that is open, and goes with it. */
  ofPlace?: boolean;
}

/** Whether what a message offers can still be done. */
export type Standing = () => boolean | Promise<boolean>;

export interface Toast {
  readonly id: number;
  readonly kind: NoticeKind;
  readonly message: string;
  readonly action: ToastAction | undefined;
  /** Milliseconds until it goes by itself, while nobody reads it; undefined when it stays until dismissed. */
  readonly lasts: number | undefined;
  /** What is to be done when somebody sends it away. */
  readonly closed: (() => void) | undefined;
  /** Whether what it offers can still be done; absent when that never ends. Rejects when that can't be told now. */
  readonly stands: Standing | undefined;
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

/** Whether it says that something went wrong. */
const isFailure = ({ kind }: Toast) => kind === 'error' || kind === 'warning';

interface Clock {
  /** Milliseconds that were left at `since`. */
  left: number;
  since: number;
  /** Undefined while it stands still. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  /** Whether somebody reads, so that no clock runs. */
  held = $state(false);
  private next = 1;
  private clocks = new Map<number, Clock>();
  /** Whether nobody has the window before them: what went wrong waits to be seen. */
  private away = false;
  private dialog: string | undefined;

  show(
    kind: NoticeKind,
    message: string,
    options: { action?: ToastAction; lasts?: number; closed?: () => void; inTrash?: number; stands?: Standing } = {},
  ): number {
    const { action, closed, inTrash, stands } = options;
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
    // What went well makes room first.
    const leaving = this.list.filter(passing).sort((one, other) => Number(isFailure(one)) - Number(isFailure(other)));
    if (over > 0) for (const toast of leaving.slice(0, over)) this.dismiss(toast.id);
    const toast = { id, kind, message, action, lasts, closed, stands, dialog: this.dialog, inTrash };
    this.list = [...this.list, toast];
    if (lasts !== undefined) this.clocks.set(id, { left: lasts, since: Date.now(), timer: undefined });
    this.run();
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
   * from when it began. In another place the same numbers are other pictures. It ends when `stands` says that it can't be taken
   * back any more, or is already.
   */
  undoable(message: string, undo: () => void, here: () => boolean, stands?: Standing): number | undefined {
    if (!here()) return undefined;
    const id = this.show('info', message, {
      lasts: UNDO_MS,
      ...(stands && { stands }),
      action: {
        label: m.undo(),
        ofPlace: true,
        run: () => {
          this.dismiss(id);
          if (here()) undo();
        },
      },
    });
    return id;
  }

  /** Something has changed: an offer that can't be taken up any more ends. */
  async review(): Promise<void> {
    const ended = async ({ id, stands }: Toast) => {
      try {
        if (stands && !(await stands())) this.dismiss(id);
      } catch (error) {
        // Whoever takes it up hears why it can't be done.
        console.error(error);
      }
    };
    await Promise.all(this.list.map(ended));
  }

  /** Somebody sends it away. */
  close(toast: Toast): void {
    this.dismiss(toast.id);
    toast.closed?.();
  }

  dismiss(id: number | undefined): void {
    if (id === undefined) return;
    clearTimeout(this.clocks.get(id)?.timer);
    this.clocks.delete(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** What these words say is over: errors that quote them end. */
  settled(words: string): void {
    for (const toast of this.list) if (toast.kind === 'error' && toast.message.includes(words)) this.dismiss(toast.id);
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
    this.held = true;
    this.run();
  }

  release(): void {
    this.held = false;
    this.run();
  }

  /** Somebody goes to another window, or comes back. */
  inFront(front: boolean): void {
    this.away = !front;
    this.run();
  }

  /** Milliseconds until it goes by itself. */
  remaining(id: number): number | undefined {
    const clock = this.clocks.get(id);
    if (!clock) return undefined;
    return clock.timer === undefined ? clock.left : clock.left - (Date.now() - clock.since);
  }

  clear(): void {
    for (const toast of this.list) this.dismiss(toast.id);
    this.held = this.away = false;
  }

  /** Has each clock run, or stand still. */
  private run(): void {
    for (const toast of this.list) {
      const clock = this.clocks.get(toast.id);
      if (!clock) continue;
      const runs = !this.held && !(this.away && isFailure(toast));
      if (runs === (clock.timer !== undefined)) continue;
      clearTimeout(clock.timer);
      const left = this.remaining(toast.id) ?? 0;
      // Whoever has just read it has a moment to act on it.
      clock.left = runs ? Math.max(SHORTEST_MS, left) : left;
      clock.since = Date.now();
      clock.timer = runs ? setTimeout(() => this.dismiss(toast.id), clock.left) : undefined;
    }
  }
}

export const toasts = new Toasts();

whenLeft(() => toasts.left());
