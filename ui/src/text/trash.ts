/** What is said of the trash. */
import { m } from '@/paraglide/messages';
import type { Trash } from '@/ipc';
import { bytes, day, daysUntil, number } from './format';

/** How long it is kept, and when the next picture goes. */
export function trashKept(trash: Trash): string {
  if (!trash.known) return trash.own ? m.trash_unknown() : m.trash_unknown_account();
  if (trash.days === null) return trash.own ? m.trash_for_ever() : m.trash_for_ever_account();
  const days = { count: trash.days, n: number(trash.days) };
  const kept = trash.own ? m.trash_days(days) : m.trash_days_account(days);
  return trash.next_at ? `${kept} ${m.trash_next({ date: day(trash.next_at) })}` : kept;
}

/** How much room its pictures take, which they do until they leave it; nothing for an empty one. */
export function trashHolds(trash: Trash): string {
  if (trash.pictures === 0) return '';
  return m.trash_holds({ count: trash.pictures, size: bytes(trash.bytes) });
}

/** How long one picture is still there. */
export function trashLeft(removedAt: string): string {
  const days = daysUntil(removedAt);
  return days === 0 ? m.trash_left_today() : m.trash_left({ count: days, n: number(days) });
}
