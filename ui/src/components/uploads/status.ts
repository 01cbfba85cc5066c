/** What a row of the upload queue says. */
import { m } from '@/paraglide/messages';
import type { UploadRow, UploadSummary } from '@/ipc';
import { bytes, duration, number } from '@/text/format';

/** How far one file is, 0 to 1, while it is being sent. */
export function sentFraction(row: UploadRow): number {
  return row.size > 0 ? Math.min(1, row.sent / row.size) : 0;
}

/** A sentence that begins with the name of a file, below that name. */
function withoutName(message: string, name: string): string {
  return message.startsWith(`${name} `) ? m.upload_it({ rest: message.slice(name.length + 1) }) : message;
}

/** Whether nothing happens with a file for now although it is its turn: the queue `waits`, for a network, say. */
export function stands(row: UploadRow, waits: boolean): boolean {
  return waits && ['reading', 'sending', 'verifying'].includes(row.status.kind);
}

/** That it could take the place of a damaged picture. */
function offer(row: UploadRow): string | false {
  return row.replaces !== null && m.upload_could_replace();
}

/** Where one file stands, in words. `waits` says that nothing happens with it for now. */
export function statusText(row: UploadRow, waits = false): string {
  if (waits) return m.upload_queued();
  switch (row.status.kind) {
    case 'queued':
      return m.upload_queued();
    case 'paused':
      return m.upload_paused();
    case 'reading':
      return m.upload_reading();
    case 'sending':
      if (row.elsewhere) return m.upload_elsewhere();
      return m.upload_sending({
        percent: Math.floor(sentFraction(row) * 100),
        sent: bytes(row.sent),
        size: bytes(row.size),
      });
    case 'verifying':
      return m.upload_verifying();
    case 'verified':
      return [m.upload_verified({ size: bytes(row.size) }), row.remark, offer(row)].filter(Boolean).join(' · ');
    case 'duplicate':
      return [m.upload_duplicate(), row.remark, offer(row)].filter(Boolean).join(' · ');
    case 'cancelled':
      return m.upload_cancelled();
    case 'left_alone':
      return row.status.message === undefined ? m.upload_left_alone() : withoutName(row.status.message, row.name);
    case 'failed':
      return withoutName(row.status.message, row.name);
  }
}

/** Whether there is still something to do for it. */
export function unfinished(row: UploadRow): boolean {
  return ['queued', 'paused', 'reading', 'sending', 'verifying'].includes(row.status.kind);
}

/** The panel's title: what the queue is doing as a whole. */
export function headline(
  summary: UploadSummary,
  { done, total }: { done: number; total: number },
  { resting, waits }: { resting: boolean; waits: boolean },
): string {
  if (summary.active) {
    const counts = { done: number(done), total: number(total) };
    if (resting) return m.uploads_paused(counts);
    if (waits) return m.uploads_waiting(counts);
    return m.uploads_running(counts);
  }
  const { damaged, failed, left_alone: left } = summary;
  const safe = summary.verified + summary.duplicates - damaged;
  const parts = [
    safe > 0 && m.uploads_done({ count: safe, n: number(safe) }),
    damaged > 0 && m.uploads_done_damaged({ count: damaged, n: number(damaged) }),
    failed > 0 && m.uploads_done_failed({ count: failed, n: number(failed) }),
    left > 0 && m.uploads_left_alone({ count: left, n: number(left) }),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(' · ') : m.uploads_none();
}

/** A list whose line breaks between its parts only. */
function listed(parts: (string | false)[]): string {
  return parts
    .filter((part) => part !== false)
    .map((part) => part.replaceAll(' ', '\u00a0'))
    .join(' · ');
}

/** The line below it: how fast, and how long still; or how it ended. */
export function details(summary: UploadSummary, waits: boolean): string {
  if (summary.active) {
    const moves = !summary.paused && !waits;
    // All of it has gone out and nothing of it is confirmed: that is no amount of anything.
    const told = !waits || summary.bytes_sent < summary.bytes_total;
    return listed([
      told && m.uploads_amount({ sent: bytes(summary.bytes_sent), total: bytes(summary.bytes_total) }),
      moves && summary.speed > 0 && m.uploads_speed({ speed: bytes(summary.speed) }),
      moves && summary.seconds_left !== null && m.uploads_left({ time: duration(summary.seconds_left) }),
      summary.held > 0 && m.uploads_held({ n: number(summary.held) }),
    ]);
  }
  return listed([
    summary.verified > 0 && m.uploads_verified({ n: number(summary.verified) }),
    summary.duplicates > 0 && m.uploads_duplicates({ n: number(summary.duplicates) }),
    summary.cancelled > 0 && m.uploads_cancelled({ n: number(summary.cancelled) }),
  ]);
}
