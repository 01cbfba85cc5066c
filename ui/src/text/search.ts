/** The language of searching, as far as the window explains it: the engine reads it. */
import { m } from '@/paraglide/messages';
import type { SearchField } from '@/ipc';

export interface FieldHelp {
  /** What it finds, in a few words. */
  what: string;
  /** Something to type, without the field. */
  example: string;
  /** All values, where there are few. */
  values?: { value: string; what: string }[];
}

/** What each field does. Those without an entry find nothing yet, and are not offered. */
export function searchFields(): Partial<Record<SearchField, FieldHelp>> {
  return {
    name: { what: m.field_name(), example: 'beach' },
    tag: { what: m.field_tag(), example: '"old town"' },
    album: { what: m.field_album(), example: 'holiday' },
    description: { what: m.field_description(), example: 'dog' },
    alt: { what: m.field_alt(), example: 'dog' },
    text: { what: m.field_text(), example: 'invoice' },
    camera: { what: m.field_camera(), example: 'canon' },
    lens: { what: m.field_lens(), example: '50mm' },
    rating: { what: m.field_rating(), example: '>=4' },
    type: { what: m.field_type(), example: 'png', values: types() },
    size: { what: m.field_size(), example: '>5mb' },
    width: { what: m.field_width(), example: '>4000' },
    height: { what: m.field_height(), example: '<1000' },
    on: { what: m.field_on(), example: '2024-05' },
    after: { what: m.field_after(), example: '2024' },
    before: { what: m.field_before(), example: '2024-05-06' },
    is: { what: m.field_is(), example: 'favourite', values: states() },
    has: { what: m.field_has(), example: 'text', values: parts() },
    by: { what: m.field_by(), example: 'person', values: authors() },
  };
}

/** What the label of a hit calls the field that it was found by. */
export function fieldTitle(field: SearchField): string {
  const titles: Partial<Record<SearchField, string>> = {
    tag: m.found_in_tag(),
    album: m.found_in_album(),
    description: m.found_in_description(),
    alt: m.found_in_alt(),
    text: m.found_in_text(),
    camera: m.found_in_camera(),
    lens: m.found_in_lens(),
    place: m.found_in_place(),
  };
  return titles[field] ?? field;
}

function types() {
  const formats = 'jpeg png heic webp gif avif tiff raw svg bmp jxl psd jp2 ico tga pcx pnm qoi dds hdr exr eps';
  return formats.split(' ').map((value) => ({ value, what: '' }));
}

function states() {
  return [
    { value: 'favourite', what: m.is_favourite() },
    { value: 'described', what: m.is_described() },
    { value: 'undescribed', what: m.is_undescribed() },
    { value: 'duplicate', what: m.is_duplicate() },
    { value: 'damaged', what: m.is_damaged() },
    { value: 'animated', what: m.is_animated() },
    { value: 'trashed', what: m.is_trashed() },
  ];
}

function parts() {
  return [
    { value: 'text', what: m.has_text() },
    { value: 'alt', what: m.has_alt() },
    { value: 'gps', what: m.has_gps() },
  ];
}

function authors() {
  return [
    { value: 'person', what: m.by_person() },
    { value: 'model', what: m.by_model() },
  ];
}

export interface Suggestion {
  /** What the text becomes in place of what was typed of it. */
  insert: string;
  what: string;
}

/** Letters that have to be typed before a field is offered. */
const FIRST = 2;

/** What could be meant by the part of a text before the caret, and where that part begins. */
export function suggest(before: string): { from: number; suggestions: Suggestion[] } {
  const typed = /(?:^|[\s(])-?([^\s()"-][^\s()"]*)$/.exec(before)?.[1] ?? '';
  const from = before.length - typed.length;
  const fields = searchFields();
  const colon = typed.indexOf(':');
  const word = typed.toLowerCase();
  if (colon < 0) {
    if (word.length < FIRST) return { from, suggestions: [] };
    const suggestions = Object.entries(fields)
      .filter(([field]) => field.startsWith(word))
      .map(([field, { what }]) => ({ insert: `${field}:`, what }));
    return { from, suggestions };
  }
  const field = word.slice(0, colon);
  const values = (Object.hasOwn(fields, field) && fields[field as SearchField]?.values) || [];
  const begun = word.slice(colon + 1);
  const suggestions = values
    .filter(({ value }) => value.startsWith(begun) && value !== begun)
    .map(({ value, what }) => ({ insert: `${field}:${value}`, what }));
  return { from, suggestions };
}

/** Whether a search asks for pictures of the trash, from wherever it is made. */
export function asksForTrash(text: string): boolean {
  return /(?:^|[\s(])is:"?trashed\b/i.test(text);
}
