import { m } from '@/paraglide/messages';
import type { LinkFormat, LinkLife } from '@/ipc';
import { daysUntil, instant, number } from './format';

/** The forms that a link can be copied in. */
export function linkFormats(): { value: LinkFormat; label: string }[] {
  return [
    { value: 'url', label: m.link_url() },
    { value: 'markdown', label: 'Markdown' },
    { value: 'html', label: 'HTML' },
    { value: 'bbcode', label: 'BBCode' },
  ];
}

/** How long links will live that are made from now on, and for whom, by one that is made at this moment. */
export function linksAhead(life: LinkLife): string {
  if (life.lives !== 'until') return linkLife(life);
  const count = daysUntil(life.until ?? '');
  if (count === 0) return life.only_here ? m.link_today_here() : m.link_today();
  const days = { count, n: number(count) };
  return life.only_here ? m.link_for_days_here(days) : m.link_for_days(days);
}

/** How long a link lives, and for whom. */
export function linkLife({ lives, until, only_here }: LinkLife): string {
  switch (lives) {
    case 'while_open':
      return m.link_while_open();
    case 'until': {
      const date = instant(until ?? '');
      return only_here ? m.link_until_here({ date }) : m.link_until({ date });
    }
    case 'as_picture':
      return only_here ? m.link_as_picture_here() : m.link_as_picture();
  }
}
