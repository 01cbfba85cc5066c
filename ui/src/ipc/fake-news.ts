/** What the stand-in tells of a layout: the difference to the one that it told last. */
import { countsOf, packLayout } from './fake-library';
import type { FakePicture } from './fake-pictures';

const ITEM_BYTES = 12;

export class FakeNews {
  private version = 0;
  private told = new Uint8Array();

  constructor(
    private readonly all: () => FakePicture[],
    private readonly duplicates: () => number,
  ) {}

  /** As the engine writes it: what is between the same beginning and the same end is one change. */
  news(found: FakePicture[], since: number): ArrayBuffer {
    const now = new Uint8Array(packLayout(found));
    const known = since === this.version && since !== 0;
    const before = known ? this.told : new Uint8Array();
    const [items, were] = [now.length / ITEM_BYTES, before.length / ITEM_BYTES];
    const same = (one: number, other: number) => {
      for (let byte = 0; byte < ITEM_BYTES; byte++)
        if (before[one * ITEM_BYTES + byte] !== now[other * ITEM_BYTES + byte]) return false;
      return true;
    };
    let first = 0;
    while (first < Math.min(items, were) && same(first, first)) first++;
    let last = 0;
    while (last < Math.min(items, were) - first && same(were - last - 1, items - last - 1)) last++;
    const added = now.subarray(first * ITEM_BYTES, (items - last) * ITEM_BYTES);
    const change = [first, were - first - last, items - first - last];
    const changes = change[1] || change[2] ? 1 : 0;

    const base = known ? since : 0;
    this.version++;
    this.told = now;
    const { all, favourites, recent, undescribed, trash, bytes } = countsOf(this.all());
    const head = new DataView(new ArrayBuffer(44 + changes * 12));
    const numbers = [this.version, base, all, favourites, recent, undescribed, trash, this.duplicates(), changes];
    numbers.forEach((number, index) => head.setUint32(index * 4, number, true));
    head.setFloat64(36, bytes, true);
    if (changes) change.forEach((number, index) => head.setUint32(44 + index * 4, number, true));
    const news = new Uint8Array(head.byteLength + (changes ? added.length : 0));
    news.set(new Uint8Array(head.buffer));
    if (changes) news.set(added, head.byteLength);
    return news.buffer;
  }
}
