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

/** What is listed of earlier runs: how many files, and how many of them failed. */
interface Earlier {
  files: number;
  failed: number;
}

/** The panel's title: what the queue is doing as a whole, or what came of it; that this is the last run, when more is listed. */
export function headline(
  summary: UploadSummary,
  { done, total }: { done: number; total: number },
  { resting, waits, earlier }: { resting: boolean; waits: boolean; earlier: Earlier },
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
  const what = parts.join(' · ');
  if (earlier.files > 0) return what ? m.uploads_last({ what }) : m.uploads_last_none();
  return what || m.uploads_none();
}

/** How many are listed of earlier runs. */
function ofEarlier({ files, failed }: Earlier): string {
  const n = number(files);
  return failed > 0 ? m.uploads_earlier_failed({ n, failed: number(failed) }) : m.uploads_earlier({ n });
}

/** A list whose line breaks between its parts only. */
function listed(parts: (string | false)[]): string {
  return parts
    .filter((part) => part !== false)
    .map((part) => part.replaceAll(' ', '\u00a0'))
    .join(' · ');
}

/** The line below it: how fast, and how long still; or how it ended, and what else is listed. */
export function details(summary: UploadSummary, { waits, earlier }: { waits: boolean; earlier: Earlier }): string {
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
    earlier.files > 0 && ofEarlier(earlier),
  ]);
}
