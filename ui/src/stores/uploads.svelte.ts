/**
 * The upload queue as the engine reports it, about ten times a second. Of its rows, which may be a hundred thousand, only
 * those are held that the list shows: they are read by the page.
 */
import {
  ipc,
  type UploadFailure,
  type UploadMove,
  type UploadRow,
  type UploadsChange,
  type UploadsPage,
  type UploadSummary,
} from '@/ipc';
import { number } from '@/text/format';
import { m } from '@/paraglide/messages';
import { app } from './app.svelte';
import { Folding, recallLeft, rememberLeft, type Left } from './folding';
import { toasts } from './toasts.svelte';
import { stay, whenLeft } from './visit';

/** How often the rows that are shown are read again at most, in ms. */
const EVERY = 250;

const nothing: UploadSummary = {
  total: 0,
  verified: 0,
  damaged: 0,
  duplicates: 0,
  failed: 0,
  cancelled: 0,
  left_alone: 0,
  bytes_total: 0,
  bytes_sent: 0,
  speed: 0,
  seconds_left: null,
  paused: false,
  held: 0,
  waiting: null,
  waiting_code: null,
  active: false,
};

/** Some rows of a part of the list, from a place on. */
interface Slice extends UploadsPage {
  from: number;
}

const empty: Slice = { from: 0, rows: [], total: 0 };

class Uploads {
  summary = $state.raw<UploadSummary>(nothing);
  /** What failed, by its reason. */
  failures = $state.raw<readonly UploadFailure[]>([]);
  /** Whether the panel is shown, and whether it is folded to one line. */
  open = $state(false);
  folded = $state(false);

  private waiting = $state.raw<Slice>(empty);
  private finished = $state.raw<Slice>(empty);
  private shown = { from: 0, to: 0 };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private reading: Promise<void> | undefined;
  private stale = { rows: false, failures: false };
  /** Whether somebody has opened the panel: then it stays so. */
  private wanted = false;
  private foldedItself = false;
  /** The message that offers to take a cancelling back. */
  private cancelling: number | undefined;
  private readonly folding = new Folding(() => {
    this.folded = this.foldedItself = true;
  });

  /** How far the run is, 0 to 1. While it waits, what went out and isn't confirmed may have to go out again: files count. */
  get fraction(): number {
    const { bytes_total: total, bytes_sent: sent, active } = this.summary;
    if (!active) return 1;
    if (this.waits) return this.counts.done / Math.max(1, this.counts.total);
    return total > 0 ? Math.min(1, sent / total) : 0;
  }

  /** Whether nothing moves although it should: what uploads need is out of reach, as they or the connection have found. */
  get waits(): boolean {
    if (!this.summary.active || this.resting) return false;
    const status = app.state?.connection.status ?? 'connecting';
    return this.summary.waiting !== null || (status !== 'online' && status !== 'connecting');
  }

  /** Files that nothing is to be done about any more, however they ended. */
  get done(): number {
    const { verified, duplicates, failed, cancelled, left_alone } = this.summary;
    return verified + duplicates + failed + cancelled + left_alone;
  }

  /** Files that are not finished; they come first in the list. */
  get unfinished(): number {
    return this.waiting.total;
  }

  /** Files in the list, without those that failed. */
  get listed(): number {
    return this.waiting.total + this.finished.total;
  }

  get failed(): number {
    return this.failures.reduce((sum, group) => sum + group.files, 0);
  }

  /** Files that are safe, of those that are to be. */
  get counts(): { done: number; total: number } {
    const { verified, duplicates, cancelled, left_alone: left, total } = this.summary;
    return { done: verified + duplicates, total: total - cancelled - left };
  }

  /** Files of earlier runs that are still listed, and how many of them failed: the summary is about the last run only. */
  get earlier(): { files: number; failed: number } {
    const { verified, duplicates, cancelled, failed } = this.summary;
    const before = Math.max(0, this.failed - failed);
    return { files: before + Math.max(0, this.finished.total - verified - duplicates - cancelled), failed: before };
  }

  /** Whether there is anything to show. */
  get any(): boolean {
    return this.listed > 0 || this.failures.length > 0 || this.summary.left_alone > 0;
  }

  /** Whether nothing moves because the person wants it so: the queue, or each single file of it. */
  get resting(): boolean {
    return this.summary.paused || (this.summary.held > 0 && this.summary.held >= this.unfinished);
  }

  /** The row at a place of the list: unfinished ones in the order of the queue, then the others, newest first. */
  at(index: number): UploadRow | undefined {
    const behind = index - this.waiting.total;
    return behind < 0 ? this.waiting.rows[index - this.waiting.from] : this.finished.rows[behind - this.finished.from];
  }

  async start(): Promise<void> {
    const here = stay();
    try {
      let early: UploadsChange | undefined;
      let ready = false;
      const summary = await ipc().watchUploads((change) => {
        if (!here()) return;
        if (ready) this.apply(change);
        else early = change;
      });
      if (!here()) return;
      this.summary = summary;
      // What was not uploaded is told again at every start, in one line, until somebody has seen to it.
      const left = recallLeft(this.place);
      this.open = summary.active || (summary.failed > 0 && left !== 'closed');
      this.folded = summary.active ? left === 'folded' : summary.failed > 0;
      this.wanted = this.foldedItself = false;
      this.folding.never();
      ready = true;
      this.stale = { rows: true, failures: true };
      await this.read();
      if (early && here()) this.apply(early);
    } catch (error) {
      toasts.error(error);
    }
  }

  /** Shows the panel, as somebody wants it. */
  show(): void {
    this.open = true;
    this.unfold();
  }

  /** Folds the panel to one line, or shows its rows. */
  toggle(): void {
    if (this.folded) return this.unfold();
    this.folded = true;
    this.wanted = this.foldedItself = false;
    this.leave('folded');
  }

  /** Closes the panel; what is finished is in the history. */
  async close(): Promise<void> {
    this.open = false;
    this.leave('closed');
    try {
      await ipc().clearFinishedUploads();
    } catch (error) {
      toasts.error(error);
    }
  }

  /** The pointer or the keyboard goes into the panel, or leaves it. */
  within(inside: boolean): void {
    if (inside) this.folding.enter();
    else this.folding.leave();
  }

  private unfold(): void {
    this.folded = this.foldedItself = false;
    this.wanted = true;
    this.leave(undefined);
  }

  private leave(left: Left): void {
    this.folding.never();
    rememberLeft(this.place, left);
  }

  private get place(): string {
    return app.state?.place?.id ?? '';
  }

  /** The list shows these places now. */
  look(from: number, to: number): void {
    this.shown = { from, to };
    for (let index = from; index < Math.min(to, this.listed); index++) {
      if (!this.at(index)) return this.refresh();
    }
  }

  /** Moves a file in the queue; settles when the list shows it. */
  async move(id: number, to: UploadMove): Promise<void> {
    try {
      await ipc().moveUploads([id], to);
      this.stale.rows = true;
      await this.read();
    } catch (error) {
      toasts.error(error);
    }
  }

  /** Cancels everything that isn't finished, with a way back. */
  async cancelAll(): Promise<void> {
    const here = stay();
    try {
      const cancelled = await ipc().cancelUploads();
      if (cancelled.uploads === 0) return;
      const said = m.uploads_were_cancelled({ count: cancelled.uploads, n: number(cancelled.uploads) });
      this.cancelling = toasts.undoable(said, () => void this.uncancel(cancelled.number), here);
    } catch (error) {
      toasts.error(error);
    }
  }

  private async uncancel(number: number): Promise<void> {
    try {
      await ipc().uncancelUploads(number);
      this.open = true;
      this.stale.rows = true;
      await this.read();
    } catch (error) {
      toasts.error(error);
    }
  }

  /** Tries again what was cancelled: that is more than taking it back. */
  async retryCancelled(): Promise<void> {
    try {
      await ipc().retryCancelledUploads();
      toasts.dismiss(this.cancelling);
    } catch (error) {
      toasts.error(error);
    }
  }

  async retryGroup(group: UploadFailure): Promise<void> {
    try {
      await ipc().retryUploadGroup(group.code, group.reason);
      this.stale = { rows: true, failures: true };
      await this.read();
    } catch (error) {
      toasts.error(error);
    }
  }

  /** Forgets everything, for another place. */
  reset(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.reading = undefined;
    this.summary = nothing;
    this.failures = [];
    this.waiting = this.finished = empty;
    this.shown = { from: 0, to: 0 };
    this.open = this.folded = this.wanted = this.foldedItself = false;
    this.folding.never();
  }

  private apply(change: UploadsChange): void {
    const before = this.summary;
    this.summary = change.summary;
    const failures =
      before.failed !== change.summary.failed ||
      change.removed.length > 0 ||
      change.changed.some((row) => row.status.kind === 'failed');
    // Bytes that moved are shown at once; where rows stand in the list is asked.
    const changed = new Map(change.changed.map((row) => [row.id, row]));
    const moved = change.removed.length > 0 || this.patch(changed) || before.total !== change.summary.total;
    if (failures) this.stale.failures = true;
    if (failures || moved) this.refresh();
    this.follow(before, change.summary);
  }

  /** The panel opens for a new run, and folds when all of it is safe. */
  private follow(before: UploadSummary, { active, total, failed, damaged }: UploadSummary): void {
    if (active) this.folding.never();
    if (active && (!before.active || total > before.total)) {
      if (!this.open) rememberLeft(this.place, undefined);
      if (this.foldedItself) this.folded = this.foldedItself = false;
      if (!before.active) this.wanted = false;
      this.open = true;
    }
    const well = failed === 0 && damaged === 0 && this.failures.length === 0;
    if (before.active && !active && well && !this.wanted && !this.folded) this.folding.soon();
  }

  /** Shows what changed in the rows that are held; whether any row may stand somewhere else now. */
  private patch(changed: Map<number, UploadRow>): boolean {
    if (changed.size === 0) return false;
    let known = 0;
    let moved = false;
    const patched = (slice: Slice): Slice => {
      if (!slice.rows.some((row) => changed.has(row.id))) return slice;
      const rows = slice.rows.map((row) => {
        const now = changed.get(row.id);
        if (!now) return row;
        known++;
        if (now.status.kind !== row.status.kind) moved = true;
        return now;
      });
      return { ...slice, rows };
    };
    this.waiting = patched(this.waiting);
    this.finished = patched(this.finished);
    return moved || known < changed.size;
  }

  private refresh(): void {
    this.stale.rows = true;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.read().catch((error: unknown) => toasts.error(error));
    }, EVERY);
  }

  /** Reads what is stale, one reading after the other. */
  private async read(): Promise<void> {
    while (this.reading) await this.reading;
    this.reading = this.readNow();
    try {
      await this.reading;
    } finally {
      this.reading = undefined;
    }
  }

  private async readNow(): Promise<void> {
    const here = stay();
    const { rows, failures } = this.stale;
    this.stale = { rows: false, failures: false };
    const failed = failures ? await ipc().uploadFailures() : this.failures;
    if (!here()) return;
    this.failures = failed;
    if (!rows && !failures) return;
    const { from, to } = this.folded || !this.open ? { from: 0, to: 0 } : this.shown;
    const waiting = await ipc().uploadsPage('open', from, to - from);
    const behind = Math.max(0, from - waiting.total);
    const finished = await ipc().uploadsPage('done', behind, Math.max(0, to - waiting.total - behind));
    if (!here()) return;
    this.waiting = { ...waiting, from };
    this.finished = { ...finished, from: behind };
  }
}

export const uploads = new Uploads();

whenLeft(() => uploads.reset());
