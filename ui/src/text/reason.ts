/** Why a picture is among what was searched for, as its tile says it. */
import { m } from '@/paraglide/messages';
import type { FoundBy, PictureRow } from '@/ipc';
import { bytes, day, dayNumber } from './format';
import { fieldTitle } from './search';

export interface Reason {
  /** What the field is called; empty where the text says it all. */
  where: string;
  text: string;
}

/** Why a picture was found; nothing where its name says so, or where it is there from before and found no longer. */
export function reasonOf(row: PictureRow): Reason | undefined {
  const reasons: Reason[] = [];
  for (const found of row.found_by) {
    const reason = told(found, row);
    if (!reasons.some(({ where, text }) => where === reason.where && text === reason.text)) reasons.push(reason);
  }
  const [first, ...more] = reasons;
  if (!first) return undefined;
  const rest = more.map(({ where, text }) => [where, text].filter(Boolean).join(' '));
  return { where: first.where, text: [first.text, ...rest].join(' · ') };
}

function told({ field, text }: FoundBy, { width, height }: PictureRow): Reason {
  switch (field) {
    case 'type':
      return { where: m.found_in_type(), text: text.toUpperCase() };
    case 'size':
      return { where: m.found_in_size(), text: bytes(Number(text)) };
    case 'width':
    case 'height':
      return { where: m.found_in_dimensions(), text: width && height ? `${width} × ${height}` : text };
    case 'rating':
      return { where: m.found_in_rating(), text: text === '0' ? m.rating_none() : '★'.repeat(Number(text)) };
    case 'before':
    case 'after':
    case 'on':
      return { where: m.found_in_date(), text: shownDay(text) };
    case 'is':
    case 'has':
    case 'by':
      return { where: '', text: state(text) };
    default:
      return { where: fieldTitle(field), text };
  }
}

/** The camera's clock is shown as it is, an instant as the clock here says it. */
function shownDay(text: string): string {
  return text.endsWith('Z') ? day(text) : dayNumber(Date.parse(`${text.slice(0, 10)}T00:00Z`) / 86_400_000);
}

function state(value: string): string {
  const states: Record<string, string> = {
    favourite: m.favourite_toggle(),
    described: m.hit_described(),
    undescribed: m.hit_undescribed(),
    trashed: m.is_trashed(),
    duplicate: m.hit_duplicate(),
    damaged: m.hit_damaged(),
    animated: m.hit_animated(),
    text: m.hit_text(),
    alt: m.hit_alt(),
    album: m.hit_album(),
    gps: m.hit_gps(),
    person: m.by_person(),
    model: m.by_model(),
  };
  return states[value] ?? value;
}
