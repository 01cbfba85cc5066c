/** What pictures have in common by a name, such as a tag or a camera, with how many pictures each has. */
import { toasts } from './toasts.svelte';
import { whenLeft } from './visit';

/** How long news is gathered before it is asked for again, in ms. */
const NEWS_MS = 500;
/** Asking takes at most this share of the time, however many there are and however busy the news. */
const SHARE = 0.1;

export class Facet<Row extends { pictures: number }> {
  list = $state.raw<readonly Row[]>([]);
  private latest = 0;
  /** How long asking took last, in ms. */
  private took = 0;
  private news: ReturnType<typeof setTimeout> | undefined;

  /** `ask` gives all, by name. */
  constructor(private readonly ask: () => Promise<readonly Row[]>) {
    whenLeft(() => this.reset());
  }

  async load(): Promise<void> {
    clearTimeout(this.news);
    this.news = undefined;
    const call = ++this.latest;
    const since = performance.now();
    try {
      const list = await this.ask();
      if (call !== this.latest) return;
      // What only pictures in the trash have leads nowhere.
      this.list = list.filter(({ pictures }) => pictures > 0);
      this.took = performance.now() - since;
    } catch (error) {
      if (call === this.latest) toasts.error(error);
    }
  }

  /** Asks again, soon: an upload of a folder brings news many times a second. */
  changed(): void {
    this.news ??= setTimeout(() => void this.load(), Math.max(NEWS_MS, this.took / SHARE));
  }

  /** Those of the most pictures, by name. */
  most(count: number): readonly Row[] {
    if (this.list.length <= count) return this.list;
    const most = new Set([...this.list].sort((a, b) => b.pictures - a.pictures).slice(0, count));
    return this.list.filter((row) => most.has(row));
  }

  /** Forgets everything, for another place. */
  reset(): void {
    clearTimeout(this.news);
    this.news = undefined;
    this.latest++;
    this.list = [];
  }
}
