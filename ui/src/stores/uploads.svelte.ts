/** The upload queue as the engine reports it, about ten times a second. */
import { ipc, type UploadRow, type UploadsChange, type UploadSummary } from '@/ipc';
import { toasts } from './toasts.svelte';

const nothing: UploadSummary = {
  total: 0,
  verified: 0,
  duplicates: 0,
  failed: 0,
  cancelled: 0,
  bytes_total: 0,
  bytes_sent: 0,
  speed: 0,
  seconds_left: null,
  paused: false,
  waiting: null,
  active: false,
};

class Uploads {
  summary = $state.raw<UploadSummary>(nothing);
  /** Every row, in the order they were added. A new array at each change; rows that stay the same stay the same objects. */
  rows = $state.raw<readonly UploadRow[]>([]);
  /** Whether the panel is shown, and whether it is folded to one line. */
  open = $state(false);
  folded = $state(false);

  private byId = new Map<number, UploadRow>();

  /** How far the run is, 0 to 1. */
  get fraction(): number {
    const { bytes_total: total, bytes_sent: sent, active } = this.summary;
    if (!active) return 1;
    return total > 0 ? Math.min(1, sent / total) : 0;
  }

  get done(): number {
    const { verified, duplicates, failed, cancelled } = this.summary;
    return verified + duplicates + failed + cancelled;
  }

  async start(): Promise<void> {
    try {
      const early: UploadsChange[] = [];
      let ready = false;
      const snapshot = await ipc().watchUploads((change) => {
        if (ready) this.apply(change);
        else early.push(change);
      });
      this.byId = new Map(snapshot.rows.map((row) => [row.id, row]));
      this.rows = snapshot.rows;
      this.summary = snapshot.summary;
      this.open = snapshot.summary.active;
      ready = true;
      for (const change of early) this.apply(change);
    } catch (error) {
      toasts.error(error);
    }
  }

  private apply(change: UploadsChange): void {
    const startsAnew = change.summary.active && !this.summary.active;
    const fresh = change.changed.some((row) => !this.byId.has(row.id));
    for (const id of change.removed) this.byId.delete(id);
    for (const row of change.changed) this.byId.set(row.id, row);
    if (change.changed.length || change.removed.length) this.rows = [...this.byId.values()];
    this.summary = change.summary;
    if (startsAnew || (fresh && change.summary.active)) this.open = true;
    if (this.rows.length === 0) this.open = false;
  }
}

export const uploads = new Uploads();
