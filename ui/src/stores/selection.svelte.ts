/**
 * Which pictures are selected, and where the keyboard is. Pictures are remembered by their numbers, so the selection
 * survives a layout that has changed; ranges go by their places in the layout.
 */
import { library } from './library.svelte';
import { screen } from './screen.svelte';
import { whenLeft } from './visit';

class Selection {
  ids = $state.raw<ReadonlySet<number>>(new Set());
  /** The picture that the keyboard is at. */
  cursor = $state<number>();
  /** Where a range starts. */
  private anchor: number | undefined;

  get size(): number {
    return this.ids.size;
  }

  /** The selected pictures in the order of the layout. */
  get ordered(): number[] {
    return [...this.ids].sort((a, b) => library.indexOf(a) - library.indexOf(b));
  }

  /** The one selected picture, when it is one. */
  get single(): number | undefined {
    if (this.ids.size !== 1) return undefined;
    const [id] = this.ids;
    return id;
  }

  has(id: number): boolean {
    return this.ids.has(id);
  }

  clear(): void {
    this.ids = new Set();
    this.anchor = undefined;
  }

  /** Forgets everything, for another place. */
  reset(): void {
    this.clear();
    this.cursor = undefined;
  }

  /** Selects one picture and nothing else. */
  only(id: number): void {
    this.ids = new Set([id]);
    this.cursor = id;
    this.anchor = id;
  }

  /** Adds a picture to the selection, or takes it out. */
  toggle(id: number): void {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.ids = ids;
    this.cursor = id;
    this.anchor = id;
  }

  /** Selects everything from where the range started to this picture; `add` keeps what was selected before. */
  extendTo(id: number, add = false): void {
    const to = library.indexOf(id);
    const from = this.anchor === undefined ? -1 : library.indexOf(this.anchor);
    if (to < 0) return;
    if (from < 0) {
      this.only(id);
      return;
    }
    const ids = new Set(add ? this.ids : []);
    for (let index = Math.min(from, to); index <= Math.max(from, to); index++) {
      ids.add(library.layout.ids[index] as number);
    }
    this.ids = ids;
    this.cursor = id;
  }

  all(): void {
    this.ids = new Set(library.layout.ids);
  }

  set(ids: Iterable<number>): void {
    this.ids = new Set(ids);
  }

  /** A click with the keys that were held. */
  click(id: number, keys: { shift: boolean; toggle: boolean }): void {
    if (keys.shift) this.extendTo(id, keys.toggle);
    else if (keys.toggle) this.toggle(id);
    else this.only(id);
  }

  /** Moves the keyboard to a place in the layout. */
  moveTo(index: number, keys: { shift: boolean; toggle: boolean }): void {
    const id = library.idAt(index);
    if (id === undefined) return;
    if (keys.shift) {
      if (this.anchor === undefined) this.anchor = this.cursor ?? id;
      this.extendTo(id);
    } else if (keys.toggle) this.cursor = id;
    else this.only(id);
  }

  /** Forgets pictures that are no longer in the layout; the keyboard stays where they were. */
  prune(previousIndexOfCursor: number): void {
    const ids = [...this.ids].filter((id) => library.indexOf(id) >= 0);
    if (ids.length !== this.ids.size) this.ids = new Set(ids);
    if (this.cursor !== undefined && library.indexOf(this.cursor) < 0) {
      const last = library.layout.count - 1;
      this.cursor = last < 0 ? undefined : library.idAt(Math.min(last, Math.max(0, previousIndexOfCursor)));
    }
  }
}

export const selection = new Selection();

whenLeft(() => selection.reset());

library.held = () => [...selection.ids, ...screen.comparing, ...(screen.viewing === undefined ? [] : [screen.viewing])];
