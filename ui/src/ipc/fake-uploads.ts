/** The stand-in's upload queue: rows go through the states of the real one, and report it the same way. */
import { Listeners } from './fake-listeners';
import type {
  UploadFailure,
  UploadList,
  UploadMove,
  UploadRow,
  UploadsCancelled,
  UploadsChange,
  UploadsPage,
  UploadStatus,
  UploadSummary,
} from './index';

/** How often the queue moves on, in ms, and by how many bytes. */
const STEP_MS = 120;
const STEP_BYTES = 900_000;
/** Bytes a second that it claims. */
const SPEED = 7_400_000;

const unfinished = (row: UploadRow) =>
  ['queued', 'paused', 'reading', 'sending', 'verifying'].includes(row.status.kind);

export class FakeUploads {
  rows: UploadRow[] = [];
  /** Rows that were taken off the list. */
  private cleared: UploadRow[] = [];
  private paused = false;
  private next = 1;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly listeners = new Listeners<UploadsChange>();

  /**
   * @param moves whether rows go on by themselves, or stay as they are set
   * @param arrive called for each file that is verified; gives the number of the picture that it became
   */
  constructor(
    private readonly moves: boolean,
    private readonly arrive: (name: string) => number,
  ) {}

  set(rows: UploadRow[], summary: Partial<UploadSummary>): void {
    const removed = this.rows.filter((old) => !rows.includes(old)).map((row) => row.id);
    this.rows = rows;
    this.listeners.emit({ summary: { ...this.summary(), ...summary }, changed: rows, removed });
  }

  watch(listener: (change: UploadsChange) => void): UploadSummary {
    void this.listeners.add(listener);
    return this.summary();
  }

  page(list: UploadList, offset: number, limit: number): UploadsPage {
    const left = (row: UploadRow) => row.status.kind === 'left_alone';
    const done = (row: UploadRow) => ['verified', 'duplicate', 'cancelled'].includes(row.status.kind);
    const rows = {
      open: () => this.rows.filter(unfinished),
      failed: () => this.rows.filter((row) => row.status.kind === 'failed').reverse(),
      done: () => this.rows.filter(done).reverse(),
      left_alone: () => this.rows.filter(left),
      history: () =>
        [...this.cleared, ...this.rows].filter((row) => !unfinished(row) && !left(row)).sort((a, b) => b.id - a.id),
    }[list]();
    return { rows: rows.slice(offset, offset + limit).map((row) => ({ ...row })), total: rows.length };
  }

  isIn(row: UploadRow, code: string, reason: string | null): boolean {
    const { status } = row;
    return status.kind === 'failed' && status.code === code && (status.reason ?? null) === reason;
  }

  failures(): UploadFailure[] {
    const groups = new Map<string, UploadFailure>();
    for (const row of this.rows) {
      if (row.status.kind !== 'failed') continue;
      const { code, message, retryable } = row.status;
      const reason = row.status.reason ?? null;
      const key = `${code} ${reason}`;
      const group = groups.get(key) ?? { code, reason, message, files: 0, retryable: 0, rows: [] };
      group.files++;
      group.retryable += retryable ? 1 : 0;
      if (group.rows.length < 20) group.rows.push({ ...row });
      groups.set(key, group);
    }
    return [...groups.values()].sort((a, b) => b.files - a.files);
  }

  hold(ids: number[], held: boolean): void {
    const from = (row: UploadRow) => (held ? unfinished(row) : row.status.kind === 'paused');
    this.setStatus(
      this.rows.filter((row) => ids.includes(row.id) && from(row)),
      { kind: held ? 'paused' : 'queued' },
    );
  }

  move(ids: number[], to: UploadMove): void {
    const moved = this.rows.filter((row) => ids.includes(row.id));
    const waits = (row: UploadRow) => row.status.kind === 'queued' || row.status.kind === 'paused';
    const first = this.rows.findIndex((row) => moved.includes(row));
    const others = this.rows.filter((row) => !moved.includes(row));
    const at = {
      first: () => 0,
      last: () => others.length,
      up: () => Math.max(0, others.slice(0, first).findLastIndex(waits)),
      down: () => others.findIndex((row, index) => index >= first && waits(row)) + 1 || first,
      before: () => others.findIndex((row) => 'id' in to && row.id === to.id),
      after: () => others.findIndex((row) => 'id' in to && row.id === to.id) + 1,
    }[to.to]();
    this.rows = [...others.slice(0, at), ...moved, ...others.slice(at)];
    this.emit(moved);
  }

  add(paths: string[]): number[] {
    const rows = paths.map((path): UploadRow => {
      const id = this.next++;
      const cut = path.lastIndexOf('/');
      return {
        id,
        name: path.slice(cut + 1),
        source: path.slice(0, Math.max(0, cut)),
        size: 2_000_000 + ((id * 7_654_321) % 9_000_000),
        sent: 0,
        status: { kind: 'queued' },
        picture: null,
        finished_at: null,
        remark: null,
        elsewhere: false,
        replaces: null,
      };
    });
    this.rows.push(...rows);
    this.emit(rows);
    this.work();
    return rows.map((row) => row.id);
  }

  pause(paused: boolean): void {
    this.paused = paused;
    this.emit([]);
  }

  resumeHeld(): void {
    this.setStatus(
      this.rows.filter((row) => row.status.kind === 'paused'),
      { kind: 'queued' },
    );
  }

  /** What the last cancelling of everything took, as it was. */
  private cancelled = new Map<number, UploadStatus>();

  cancelAll(): UploadsCancelled {
    const rows = this.rows.filter(unfinished);
    this.cancelled = new Map(
      rows.map((row) => [row.id, row.status.kind === 'paused' ? row.status : { kind: 'queued' }]),
    );
    this.setStatus(rows, { kind: 'cancelled' });
    return { number: 1, uploads: rows.length };
  }

  uncancel(): void {
    const rows = this.rows.filter((row) => this.cancelled.has(row.id) && row.status.kind === 'cancelled');
    for (const row of rows) row.status = this.cancelled.get(row.id) ?? row.status;
    this.emit(rows);
    this.work();
  }

  retryCancelled(): void {
    this.setStatus(
      this.rows.filter((row) => row.status.kind === 'cancelled'),
      { kind: 'queued' },
    );
  }

  cancel(which: (row: UploadRow) => boolean): void {
    this.setStatus(
      this.rows.filter((row) => unfinished(row) && which(row)),
      { kind: 'cancelled' },
    );
  }

  retry(which: (row: UploadRow) => boolean): void {
    this.setStatus(
      this.rows.filter((row) => row.status.kind === 'failed' && row.status.retryable && which(row)),
      { kind: 'queued' },
    );
  }

  clear(): void {
    const removed = this.rows.filter((row) => !unfinished(row)).map((row) => row.id);
    this.cleared.push(...this.rows.filter((row) => !unfinished(row)));
    this.rows = this.rows.filter(unfinished);
    this.listeners.emit({ summary: this.summary(), changed: [], removed });
  }

  private setStatus(rows: UploadRow[], status: UploadStatus): void {
    for (const row of rows) row.status = status;
    this.emit(rows);
    this.work();
  }

  private work(): void {
    if (!this.moves) return;
    this.timer ??= setInterval(() => {
      const row = this.rows.find((row) => unfinished(row) && row.status.kind !== 'paused');
      if (!row) {
        clearInterval(this.timer);
        this.timer = undefined;
      } else if (!this.paused) {
        this.step(row);
        this.emit([row]);
      }
    }, STEP_MS);
  }

  private step(row: UploadRow): void {
    switch (row.status.kind) {
      case 'queued':
        row.status = { kind: 'reading' };
        break;
      case 'reading':
        row.status = /\.(txt|pdf|docx?)$/.test(row.name)
          ? {
              kind: 'failed',
              code: 'not_a_picture',
              message: `${row.name} is not a picture, so it was not uploaded. The file is unchanged.`,
              retryable: false,
            }
          : { kind: 'sending' };
        break;
      case 'sending':
        row.sent = Math.min(row.size, row.sent + STEP_BYTES);
        if (row.sent === row.size) row.status = { kind: 'verifying' };
        break;
      default:
        row.picture = this.arrive(row.name);
        row.status = { kind: 'verified' };
    }
  }

  private summary(): UploadSummary {
    const count = (kind: UploadStatus['kind']) => this.rows.filter((row) => row.status.kind === kind).length;
    const active = this.rows.some(unfinished);
    const sending = this.rows.filter((row) => unfinished(row) || row.status.kind === 'verified');
    const total = sending.reduce((sum, row) => sum + row.size, 0);
    const sent = sending.reduce((sum, row) => sum + row.sent, 0);
    return {
      total: this.rows.length,
      verified: count('verified'),
      damaged: this.rows.filter((row) => row.status.kind === 'verified' && row.remark !== null).length,
      duplicates: count('duplicate'),
      failed: count('failed'),
      cancelled: count('cancelled'),
      left_alone: count('left_alone'),
      bytes_total: total,
      bytes_sent: sent,
      speed: active ? SPEED : 0,
      seconds_left: active ? Math.ceil((total - sent) / SPEED) : null,
      paused: this.paused,
      held: count('paused'),
      waiting_code: null,
      waiting: null,
      active,
    };
  }

  private emit(changed: UploadRow[]): void {
    this.listeners.emit({ summary: this.summary(), changed: changed.map((row) => ({ ...row })), removed: [] });
  }
}
