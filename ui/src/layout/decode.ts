/** The library's layout as the engine sends it: raw bytes, so that a million pictures cost no JSON. */

import type { Counts } from '@/ipc';

/** Bytes of one picture: `id` (u32), aspect ratio in thousandths (u32), day since 1970-01-01 (i32), little-endian. */
export const ITEM_BYTES = 12;

/** One entry per picture, in the order that they are shown. */
export interface LibraryLayout {
  readonly count: number;
  readonly ids: Uint32Array;
  /** Width divided by height. */
  readonly aspects: Float32Array;
  /** Days since 1970-01-01, of the date that the order goes by. */
  readonly days: Int32Array;
}

export const emptyLayout: LibraryLayout = {
  count: 0,
  ids: new Uint32Array(),
  aspects: new Float32Array(),
  days: new Int32Array(),
};

/** Some pictures of a layout, by their places in it. */
export function pick(layout: LibraryLayout, places: number[]): LibraryLayout {
  return {
    count: places.length,
    ids: Uint32Array.from(places, (place) => layout.ids[place] as number),
    aspects: Float32Array.from(places, (place) => layout.aspects[place] as number),
    days: Int32Array.from(places, (place) => layout.days[place] as number),
  };
}

/** Whether days only rise, or only fall: what is found better than others comes before them, of whatever day it is. */
export function isChronological({ count, days }: LibraryLayout): boolean {
  let rises = true;
  let falls = true;
  for (let place = 1; place < count && (rises || falls); place++) {
    const [before, day] = [days[place - 1] as number, days[place] as number];
    rises &&= day >= before;
    falls &&= day <= before;
  }
  return rises || falls;
}

/** Extremes are shown cropped rather than as threads: a 1:20 strip would otherwise be a few pixels wide. */
const NARROWEST = 0.4;
const WIDEST = 4;

/** Some pictures of a layout, to be filled. */
function room(count: number) {
  return { count, ids: new Uint32Array(count), aspects: new Float32Array(count), days: new Int32Array(count) };
}

/** Reads items into a layout, from a place on. */
function read(bytes: DataView, from: number, count: number, into: LibraryLayout, at: number): void {
  const { ids, aspects, days } = into;
  for (let index = at, offset = from; index < at + count; index++, offset += ITEM_BYTES) {
    ids[index] = bytes.getUint32(offset, true);
    const aspect = bytes.getUint32(offset + 4, true) / 1000;
    aspects[index] = Math.min(WIDEST, Math.max(NARROWEST, aspect || 1));
    days[index] = bytes.getInt32(offset + 8, true);
  }
}

/** Reads the layout's bytes. Fails when their number is no multiple of 12. */
export function decodeLayout(buffer: ArrayBuffer): LibraryLayout {
  if (buffer.byteLength % ITEM_BYTES !== 0) {
    throw new RangeError(`a layout of ${buffer.byteLength} bytes is not a whole number of ${ITEM_BYTES}-byte items`);
  }
  const layout = room(buffer.byteLength / ITEM_BYTES);
  read(new DataView(buffer), 0, layout.count, layout, 0);
  return layout;
}

/** What is new in a layout, with the counts of the library at that time. */
export interface LayoutNews {
  /** Of the layout as it is now. */
  readonly version: number;
  /** Of the layout that it is the difference to; 0 for an empty one. */
  readonly base: number;
  readonly counts: Counts;
  /** Makes the layout as it is now of the one that it is the difference to; the same one when nothing in it is new. */
  apply(before: LibraryLayout): LibraryLayout;
}

/** Bytes of what stands before the changes, and of one change before its items. */
const HEAD_BYTES = 44;
const CHANGE_BYTES = 12;

/** Reads news as `engine::view::LayoutNews` writes them. */
export function decodeNews(buffer: ArrayBuffer): LayoutNews {
  const bytes = new DataView(buffer);
  const number = (index: number) => bytes.getUint32(index * 4, true);
  const changes = number(8);
  return {
    version: number(0),
    base: number(1),
    counts: {
      all: number(2),
      favourites: number(3),
      recent: number(4),
      undescribed: number(5),
      trash: number(6),
      duplicates: number(7),
      bytes: bytes.getFloat64(36, true),
    },
    apply: (before) => (changes === 0 ? before : changed(before, bytes, changes)),
  };
}

function changed(before: LibraryLayout, bytes: DataView, changes: number): LibraryLayout {
  const field = (change: number, index: number) =>
    bytes.getUint32(HEAD_BYTES + change * CHANGE_BYTES + index * 4, true);
  let { count } = before;
  for (let change = 0; change < changes; change++) count += field(change, 2) - field(change, 1);

  const now = room(count);
  let from = HEAD_BYTES + changes * CHANGE_BYTES;
  let taken = 0;
  let made = 0;
  const keep = (until: number) => {
    now.ids.set(before.ids.subarray(taken, until), made);
    now.aspects.set(before.aspects.subarray(taken, until), made);
    now.days.set(before.days.subarray(taken, until), made);
    made += until - taken;
  };
  for (let change = 0; change < changes; change++) {
    const [at, removed, added] = [field(change, 0), field(change, 1), field(change, 2)];
    keep(at);
    read(bytes, from, added, now, made);
    from += added * ITEM_BYTES;
    made += added;
    taken = at + removed;
  }
  keep(before.count);
  return now;
}
