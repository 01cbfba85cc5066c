/** The library's layout as the engine sends it: raw bytes, so that a million pictures cost no JSON. */

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

/** Reads the layout's bytes. Fails when their number is no multiple of 12. */
export function decodeLayout(buffer: ArrayBuffer): LibraryLayout {
  if (buffer.byteLength % ITEM_BYTES !== 0) {
    throw new RangeError(`a layout of ${buffer.byteLength} bytes is not a whole number of ${ITEM_BYTES}-byte items`);
  }
  const count = buffer.byteLength / ITEM_BYTES;
  const bytes = new DataView(buffer);
  const ids = new Uint32Array(count);
  const aspects = new Float32Array(count);
  const days = new Int32Array(count);
  for (let index = 0, offset = 0; index < count; index++, offset += ITEM_BYTES) {
    ids[index] = bytes.getUint32(offset, true);
    const aspect = bytes.getUint32(offset + 4, true) / 1000;
    aspects[index] = Math.min(WIDEST, Math.max(NARROWEST, aspect || 1));
    days[index] = bytes.getInt32(offset + 8, true);
  }
  return { count, ids, aspects, days };
}
