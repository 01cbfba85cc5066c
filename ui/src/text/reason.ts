/**
 * Why a picture is among what was searched for. Where words found it, the engine says which; where only conditions did, such as
 * `type:png`, they are read from the search, and what the picture has of them from its tile.
 */
import { m } from '@/paraglide/messages';
import type { PictureRow } from '@/ipc';
import { dayNumber } from './format';
import { fieldTitle } from './search';

export interface Reason {
  /** What the field is called; empty where the text says it all. */
  where: string;
  text: string;
}

/** What the window knows of a picture that was found. */
export interface Hit {
  row: PictureRow;
  stars: number;
  /** Days since 1970-01-01 of the date that it was taken, where that is known. */
  day: number | undefined;
  /** Whether it may be there from before, and no longer be found by the search. */
  stays: boolean;
}

const FIELDS = ['by', 'type', 'rating', 'size', 'width', 'height', 'before', 'after', 'on', 'is', 'has'] as const;
type ConditionField = (typeof FIELDS)[number];

interface Condition {
  field: ConditionField;
  value: string;
}

interface Read {
  conditions: Condition[];
  /** Whether every one of them holds of everything that is found. */
  all: boolean;
}

const NUMBER = /^(?:[<>]=?|[≤≥=])?\s*\d+(?:px)?$/;
const DATE = /^\d{4}(?:[-/.]\d{1,2}){0,2}$/;
const VALUES: Record<ConditionField, RegExp> = {
  by: /^(?:person|model)$/,
  type: /^(?:image\/)?[a-z0-9]+$/,
  rating: NUMBER,
  size: /^(?:[<>]=?|[≤≥=])?\s*[\d.,]+\s*(?:b|[kmgt]i?b?)?$/,
  width: NUMBER,
  height: NUMBER,
  before: DATE,
  after: DATE,
  on: DATE,
  is: /^(?:favou?rite|described|undescribed|trashed|duplicate|damaged|animated)$/,
  has: /^(?:text|alt|album|gps)$/,
};

/** A group or something with a dash before it, `OR`, a field with its value, or a word. */
const TOKEN = /-?\(|\)|-?(?:([a-z]+):)?(?:"([^"]*)"?|[^\s()"]+)/gi;

/** The conditions of a search that has no words; of one with words the engine says what they were found in. */
export function readConditions(text: string): Read {
  const read: Read = { conditions: [], all: true };
  /** How deep in a group that is not wanted. */
  let without = 0;
  for (const [token, key, quoted] of text.matchAll(TOKEN)) {
    if (token.endsWith('(') && !key) {
      read.all = false;
      if (without > 0 || token.startsWith('-')) without++;
    } else if (token === ')') without = Math.max(0, without - 1);
    else if (token === 'OR') read.all = false;
    else if (without === 0 && !token.startsWith('-')) {
      const field = FIELDS.find((each) => each === key?.toLowerCase());
      const value = (quoted ?? token.slice(token.indexOf(':') + 1)).trim().toLowerCase();
      if (!field || (value && !VALUES[field].test(value))) return { conditions: [], all: false };
      if (value) read.conditions.push({ field, value });
    }
  }
  return read;
}

/** Why a picture was found; nothing where its name says so. */
export function reasonOf(hit: Hit, text: string): Reason | undefined {
  const { found_by } = hit.row;
  if (found_by) return { where: fieldTitle(found_by.field), text: found_by.text };
  const { conditions, all } = readConditions(text);
  const reasons: Reason[] = [];
  for (const condition of conditions) {
    const holds = check(condition, hit) ?? (all && !hit.stays);
    const reason = holds ? told(condition, hit) : undefined;
    if (reason && !reasons.some((each) => each.where === reason.where && each.text === reason.text))
      reasons.push(reason);
  }
  const [first, ...more] = reasons;
  if (!first) return undefined;
  const rest = more.map(({ where, text }) => [where, text].filter(Boolean).join(' '));
  return { where: first.where, text: [first.text, ...rest].join(' · ') };
}

/** Whether a condition holds of a picture, as far as the window knows. */
function check({ field, value }: Condition, { row, stars }: Hit): boolean | undefined {
  switch (field) {
    case 'type': {
      const aliases: Record<string, string> = { jpg: 'jpeg', jpe: 'jpeg', tif: 'tiff', heif: 'heic' };
      const format = value.replace(/^image\//, '');
      return (aliases[format] ?? format) === row.format || undefined;
    }
    case 'rating':
      return compare(stars, value);
    case 'width':
      return row.width === null ? undefined : compare(row.width, value);
    case 'height':
      return row.height === null ? undefined : compare(row.height, value);
    case 'is':
      if (value.startsWith('favo')) return row.favourite;
      if (value === 'described') return row.described;
      return value === 'undescribed' ? !row.described : undefined;
    default:
      return undefined;
  }
}

function compare(number: number, value: string): boolean {
  const asked = Number(/\d+/.exec(value)?.[0]);
  const sign = /^\D*/.exec(value)?.[0].trim();
  if (sign === '>') return number > asked;
  if (sign === '<') return number < asked;
  if (sign === '>=' || sign === '≥') return number >= asked;
  if (sign === '<=' || sign === '≤') return number <= asked;
  return number === asked;
}

/** What is told of a picture for which a condition holds. */
function told({ field, value }: Condition, { row, stars, day }: Hit): Reason | undefined {
  switch (field) {
    case 'type':
      return { where: m.found_in_type(), text: row.format.toUpperCase() };
    case 'size':
      return { where: m.found_in_size(), text: sizeAsked(value) };
    case 'width':
    case 'height':
      return row.width && row.height
        ? { where: m.found_in_dimensions(), text: `${row.width} × ${row.height}` }
        : undefined;
    case 'rating':
      return { where: m.found_in_rating(), text: stars > 0 ? '★'.repeat(stars) : m.rating_none() };
    case 'before':
    case 'after':
    case 'on':
      return day === undefined ? undefined : { where: m.found_in_date(), text: dayNumber(day) };
    default:
      return { where: '', text: state(field, value) };
  }
}

/** "> 5 MB" of `>5mb`: how large the file itself is, its tile doesn't know. */
function sizeAsked(value: string): string {
  const [, sign = '', number = '', unit = ''] = /^(\D*?)\s*([\d.,]+)\s*(\D*)$/.exec(value) ?? [];
  const [letter = '', ...rest] = unit.replace(/b$/, '');
  const size =
    unit === '' || unit === 'b' ? 'B' : `${rest[0] === 'i' || letter !== 'k' ? letter.toUpperCase() : letter}`;
  const written = size === 'B' ? 'B' : `${size}${rest.join('')}B`;
  const signs: Record<string, string> = { '>=': '≥', '<=': '≤', '=': '' };
  return [signs[sign] ?? sign, number, written].filter(Boolean).join(' ');
}

function state(field: 'is' | 'has' | 'by', value: string): string {
  if (field === 'by') return value === 'person' ? m.by_person() : m.by_model();
  const states: Record<string, string> = {
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
  };
  return states[value] ?? m.favourite_toggle();
}
