/**
 * The filters of a search that all have to be met, found in its text and written into it. The engine reads the rest; what is
 * not understood here, such as what stands beside OR, stays as it was typed.
 */

/** A filter as it stands in a text. */
export interface Filter {
  /** In small letters. */
  field: string;
  /** Without its quotes. */
  value: string;
  /** Where it is: from the first letter to behind the last. */
  from: number;
  to: number;
}

interface Token {
  text: string;
  from: number;
  to: number;
}

/** The words, phrases and groups of a text that stand side by side. */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  let from = -1;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at <= text.length; at++) {
    const letter = text[at];
    const between = letter === undefined || (/\s/.test(letter) && depth === 0 && !quoted);
    if (between && from >= 0) {
      found.push({ text: text.slice(from, at), from, to: at });
      from = -1;
    } else if (!between && from < 0) from = at;
    if (letter === '"') quoted = !quoted;
    else if (letter === '(' && !quoted) depth++;
    else if (letter === ')' && !quoted) depth = Math.max(0, depth - 1);
  }
  return found;
}

/** Whether one of several is asked for: OR binds less than everything else. */
const isChoice = (all: readonly Token[]) => all.some(({ text }) => text === 'OR');

/** The filters that all have to be met. */
export function filters(text: string): Filter[] {
  const all = tokens(text);
  if (isChoice(all)) return [];
  return all.flatMap(({ text, from, to }): Filter[] => {
    const [, field = '', quoted, plain] = /^([a-z]+):(?:"([^"]*)"|([^\s"()]+))$/i.exec(text) ?? [];
    const value = quoted ?? plain;
    return value === undefined ? [] : [{ field: field.toLowerCase(), value, from, to }];
  });
}

/** A filter as it is typed. Names are meant as a whole. */
function written(field: string, value: string): string {
  const whole = field === 'tag' || field === 'album';
  const bare = value.replaceAll('"', '');
  return whole || /[\s()]/.test(bare) ? `${field}:"${bare}"` : `${field}:${bare}`;
}

/** A text without a filter of it. */
export function without(text: string, { from, to }: Filter): string {
  return [text.slice(0, from).trimEnd(), text.slice(to).trimStart()].filter(Boolean).join(' ');
}

/** A text with one filter more. */
export function withFilter(text: string, field: string, value: string): string {
  const words = text.trim();
  const group = isChoice(tokens(words)) ? `(${words})` : words;
  return [group, written(field, value)].filter(Boolean).join(' ');
}

/** A text in which a field has one value and no other; or none. */
export function setFilter(text: string, field: string, value: string | undefined, only?: readonly string[]): string {
  const replaced = filters(text).findLast((each) => each.field === field && (!only || only.includes(each.value)));
  if (replaced) return setFilter(without(text, replaced), field, value, only);
  return value === undefined ? text.trim() : withFilter(text, field, value);
}

/** What a field is filtered by. */
export function valuesOf(text: string, field: string): string[] {
  return filters(text).flatMap((each) => (each.field === field ? [each.value] : []));
}

/** With a filter, or without it where it is there: for those of which several can be. */
export function toggleFilter(text: string, field: string, value: string): string {
  const there = filters(text).find((each) => each.field === field && each.value === value);
  return there ? without(text, there) : withFilter(text, field, value);
}

/** Longer names are typed by people only. */
const LONG = 60;

/** What a search may be called: its words, and its values without their fields. */
export function searchTitle(text: string): string {
  let title = text.trim();
  for (const { field, value, from, to } of filters(title).reverse()) {
    const mark = field === 'rating' ? `${value} ★` : field === 'type' ? value.toUpperCase() : value;
    const after = title.slice(to).trim();
    title = `${title.slice(0, from)}${mark}${after ? `, ${after}` : ''}`;
  }
  return title.length > LONG ? `${title.slice(0, LONG)}…` : title;
}
