/** What can be undone and done again: whatever was done last, also before the app was started. */
import { m } from '@/paraglide/messages';
import { ipc, type Turned, type Turns } from '@/ipc';
import { toasts } from './toasts.svelte';
import { stay, whenLeft } from './visit';

class EditTurns {
  next = $state.raw<Turns>({ undo: null, redo: null });
  private latest = 0;

  async load(): Promise<void> {
    const call = ++this.latest;
    try {
      const next = await ipc().editTurns();
      if (call !== this.latest) return;
      this.next = next;
      // It is asked whenever the library changes: other offers may have ended as well.
      void toasts.review();
    } catch (error) {
      if (call === this.latest) toasts.error(error);
    }
  }

  /** Whether it is undone, or some of it. */
  undo(): Promise<boolean> {
    return this.turn(
      () => ipc().undo(),
      (what) => m.undone({ what }),
      (what) => m.undo_nothing({ what }),
    );
  }

  /** Undoes what is called that, unless something else was done since. Whether it is undone. */
  async undoThis(what: string): Promise<boolean> {
    const here = stay();
    await this.load();
    if (!here()) return false;
    if (this.next.undo === what) return this.undo();
    const since = this.next.redo === what ? null : this.next.undo;
    toasts.show('warning', since === null ? m.undo_gone() : m.undo_since({ what: since }));
    return false;
  }

  /**
   * Says what was done last, and offers to undo it for as long as nothing else is; `after` then brings back what was shown. What
   * left nothing in the history has no way back.
   */
  offer(said: string, here: () => boolean, after?: () => Promise<void>): void {
    const what = this.next.undo;
    if (what === null) {
      if (here()) toasts.show('success', said);
      return;
    }
    const back = async () => {
      if (await this.undoThis(what)) await after?.();
    };
    toasts.undoable(
      said,
      () => void back(),
      here,
      () => this.next.undo === what,
    );
  }

  redo(): Promise<boolean> {
    return this.turn(
      () => ipc().redo(),
      (what) => m.redone({ what }),
      (what) => m.redo_nothing({ what }),
    );
  }

  /** Forgets everything, for another place. */
  reset(): void {
    this.latest++;
    this.next = { undo: null, redo: null };
  }

  private async turn(
    work: () => Promise<Turned>,
    said: (what: string) => string,
    nothing: (what: string) => string,
  ): Promise<boolean> {
    let is = false;
    try {
      const { title, left, done } = await work();
      is = done;
      if (!done) toasts.show('warning', nothing(title));
      else toasts.show(left > 0 ? 'warning' : 'success', left > 0 ? `${said(title)} ${m.undo_left()}` : said(title));
    } catch (error) {
      toasts.error(error);
    }
    await this.load();
    return is;
  }
}

export const turns = new EditTurns();

whenLeft(() => turns.reset());
