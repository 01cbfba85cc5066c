/** Which pictures have how many stars: all that have some, whether or not they are on screen. */
import { ipc } from '@/ipc';
import { decodeLayout } from '@/layout/decode';
import { toasts } from './toasts.svelte';
import { whenLeft } from './visit';

/** How long news is gathered before the stars are asked for again, in ms. */
const NEWS_MS = 500;
/** Asking takes at most this share of the time, however many pictures have stars and however busy the news. */
const SHARE = 0.1;

class Ratings {
  private stars = $state.raw<ReadonlyMap<number, number>>(new Map());
  private latest = 0;
  /** How long asking took last, in ms. */
  private took = 0;
  private news: ReturnType<typeof setTimeout> | undefined;

  /** The stars of a picture, 0 to 5. */
  of(id: number): number {
    return this.stars.get(id) ?? 0;
  }

  /** The stars that all of these have; nothing where they differ. */
  shared(ids: Iterable<number>): number | undefined {
    let shared: number | undefined;
    for (const id of ids) {
      const stars = this.of(id);
      if (shared !== undefined && stars !== shared) return undefined;
      shared = stars;
    }
    return shared;
  }

  /** Shows stars before the engine has confirmed them. */
  put(ids: Iterable<number>, stars: number): void {
    const all = new Map(this.stars);
    for (const id of ids) {
      if (stars) all.set(id, stars);
      else all.delete(id);
    }
    this.latest++;
    this.stars = all;
  }

  /** Asks which pictures have one star, two, and so on: a short answer each, from an index. */
  async load(): Promise<void> {
    clearTimeout(this.news);
    this.news = undefined;
    const call = ++this.latest;
    const all = new Map<number, number>();
    const since = performance.now();
    try {
      for (let stars = 1; stars <= 5; stars++) {
        const bytes = await ipc().libraryLayout({ text: `rating:${stars}`, scope: 'all', sort: 'newest' });
        if (call !== this.latest) return;
        for (const id of decodeLayout(bytes).ids) all.set(id, stars);
      }
      if (!this.same(all)) this.stars = all;
      this.took = performance.now() - since;
    } catch (error) {
      if (call === this.latest) toasts.error(error);
    }
  }

  /** Asks again, soon: an upload of a folder brings news many times a second. */
  changed(): void {
    this.news ??= setTimeout(() => void this.load(), Math.max(NEWS_MS, this.took / SHARE));
  }

  /** Forgets everything, for another place. */
  reset(): void {
    clearTimeout(this.news);
    this.news = undefined;
    this.latest++;
    this.stars = new Map();
  }

  private same(other: ReadonlyMap<number, number>): boolean {
    if (other.size !== this.stars.size) return false;
    for (const [id, stars] of other) if (this.stars.get(id) !== stars) return false;
    return true;
  }
}

export const ratings = new Ratings();

whenLeft(() => ratings.reset());
