/** The library as the window shows it: the layout of the current query, and the rows of what is on screen. */
import { SvelteMap } from 'svelte/reactivity';
import { ipc, type Counts, type LibraryQuery, type PictureRow, type Scope, type Sort } from '@/ipc';
import { decodeNews, emptyLayout, pick, type LayoutNews, type LibraryLayout } from '@/layout/decode';
import { Places } from '@/layout/places';
import { settle } from '@/layout/settle';
import { asksForTrash } from '@/text/search';
import { note, noted } from './storage';
import { toasts } from './toasts.svelte';
import { stay, whenLeft } from './visit';

/** Rows kept beyond those on screen, so that scrolling back shows them at once. */
const KEPT_ROWS = 4_000;
/** Rows asked for in one call. */
const BATCH = 200;
/** How long news is gathered before it is asked what is new, in ms: an upload of a folder brings news many times a second. */
const NEWS_MS = 200;
/** So many ms more for each picture: laying out a large library anew takes its time, too. */
const NEWS_MS_EACH = 0.01;
/** Hearing what is new takes at most this share of the time, however large the library and however busy the news. */
const SHARE = 0.25;

/** Who shows a count needs to do nothing when it is the same. */
function sameCounts(one: Counts, other: Counts | undefined): boolean {
  if (!other) return false;
  return (Object.keys(one) as (keyof Counts)[]).every((part) => one[part] === other[part]);
}

/** The order of each part of the library is remembered under this. */
const SORTS = 'sorts';
const ALL_SORTS: readonly Sort[] = ['newest', 'oldest', 'added', 'name', 'size', 'rating', 'deleted'];

type Sorts = Partial<Record<Scope, Sort>>;

/** What is new comes first where everything is about what is new, and what goes first where things go. */
const usualSorts: Sorts = { recent: 'added', trash: 'deleted' };

function rememberedSorts(): Sorts {
  try {
    const sorts = Object.entries(JSON.parse(noted(SORTS) ?? '{}') as Sorts);
    return { ...usualSorts, ...Object.fromEntries(sorts.filter(([, sort]) => ALL_SORTS.includes(sort))) };
  } catch {
    return usualSorts;
  }
}

class Library {
  query = $state.raw<LibraryQuery>({ text: '', scope: 'all', sort: 'newest' });
  layout = $state.raw<LibraryLayout>(emptyLayout);
  /** The query that `layout` answers. */
  shown = $state.raw<LibraryQuery>({ text: '', scope: 'all', sort: 'newest' });
  counts = $state.raw<Counts>();
  /** Whether the first layout has arrived. */
  loaded = $state(false);
  /** Counts up at each piece of news, for those who show one picture in full. */
  revision = $state(0);

  /** Pictures that somebody has before them, selected or opened; the selection says which. */
  held: () => Iterable<number> = () => [];

  /** What the query found once and would not find again: it stays where it is until the query changes. */
  private staying = new Set<number>();
  private rows = new SvelteMap<number, PictureRow>();
  private stale = new Set<number>();
  private asked = new Set<number>();
  /** The layout as the engine has told it, which news are the difference to. */
  private told: { version: number; layout: LibraryLayout } = { version: 0, layout: emptyLayout };
  private readonly places = new Places(emptyLayout.ids);
  /** The layout that `places` is about. */
  private placed: LibraryLayout = emptyLayout;
  private latest = 0;
  /** How long the layout took to read last, in ms. */
  private took = 0;
  private sorts = usualSorts;
  private news: ReturnType<typeof setTimeout> | undefined;

  async start(): Promise<void> {
    this.sorts = rememberedSorts();
    this.query = { ...this.query, sort: this.sorts[this.query.scope] ?? this.sorts.all ?? 'newest' };
    await ipc().onLibraryChanged(() => this.changed());
  }

  /** Forgets everything, for another place. */
  reset(): void {
    this.latest++;
    clearTimeout(this.news);
    this.news = undefined;
    this.query = { text: '', scope: 'all', sort: this.sorts.all ?? 'newest' };
    this.shown = this.query;
    this.layout = emptyLayout;
    this.told = { version: 0, layout: emptyLayout };
    this.counts = undefined;
    this.loaded = false;
    this.staying.clear();
    this.rows.clear();
    this.stale.clear();
    this.asked.clear();
  }

  setScope(scope: Scope): Promise<void> {
    const { text } = this.query;
    return this.search({ text, scope, sort: this.sorts[scope] ?? this.sorts.all ?? 'newest' });
  }

  /** Shows the pictures in an album. */
  setAlbum(album: string): Promise<void> {
    return this.search({ text: '', scope: 'all', sort: this.sorts.all ?? 'newest', album });
  }

  /** Searches the whole library, or a part of it. */
  find(text: string, scope: Scope = 'all'): Promise<void> {
    return this.search({ text, scope, sort: this.sorts[scope] ?? this.sorts.all ?? 'newest' });
  }

  setText(text: string): Promise<void> {
    return this.search({ ...this.query, text });
  }

  setSort(sort: Sort): Promise<void> {
    const own = this.query.scope === 'recent' || this.query.scope === 'trash';
    this.sorts = { ...this.sorts, [own ? this.query.scope : 'all']: sort };
    note(SORTS, JSON.stringify(this.sorts));
    return this.search({ ...this.query, sort });
  }

  /** Whether what is shown was searched for. */
  get searching(): boolean {
    return this.shown.text.trim() !== '';
  }

  /** Whether what is shown is in the trash. */
  get inTrash(): boolean {
    return this.shown.scope === 'trash' || asksForTrash(this.shown.text);
  }

  private search(query: LibraryQuery): Promise<void> {
    this.query = query;
    this.staying.clear();
    return this.load(true);
  }

  /** Hears what is new in the layout, and the counts. Only the newest call's answer counts; `anew` forgets what was found before. */
  async load(anew = false): Promise<void> {
    const call = ++this.latest;
    const query = this.query;
    const since = performance.now();
    const { text, scope, sort, album } = this.shown;
    const alike = query.text === text && query.scope === scope && query.sort === sort && query.album === album;
    const same = !anew && this.loaded && alike;
    if (!same) this.staying.clear();
    try {
      let counts = await this.ask(query, call);
      if (!counts) return;
      const lost = same ? this.lost(query, this.told.layout) : [];
      if (lost.length > 0) {
        for (const id of lost) this.staying.add(id);
        counts = await this.ask(query, call);
        if (!counts) return;
      }
      // The same pictures found by other words are another result: their rows say why they were found.
      if (!same) this.told = { ...this.told, layout: { ...this.told.layout } };
      const { layout } = this.told;
      // How well something is found may change, too: what is looked at stays where it is.
      this.layout = same && this.searching ? settle(this.layout, layout) : layout;
      if (query.text !== this.shown.text) this.forgetReasons();
      this.shown = query;
      if (!sameCounts(counts, this.counts)) this.counts = counts;
      this.loaded = true;
      this.took = performance.now() - since;
    } catch (error) {
      if (call === this.latest) toasts.error(error);
    }
  }

  /** Rows say why they were found: by another search they are to be read again. */
  private forgetReasons(): void {
    for (const id of [...this.rows.keys(), ...this.asked]) this.stale.add(id);
  }

  /** Brings what was told up to date; gives the counts, or nothing when there is a newer call. */
  private async ask(query: LibraryQuery, call: number): Promise<Counts | undefined> {
    const keep = [...this.staying];
    const asked = keep.length > 0 ? { ...query, keep } : query;
    const here = stay();
    let news: LayoutNews;
    do {
      news = decodeNews(await ipc().libraryNews(asked, this.told.version));
      if (!here()) return undefined;
      const whole = news.base === 0;
      // Another answer has come in between, and this one is the difference to what is no longer here: the whole is asked for.
      const fits = whole || news.base === this.told.version;
      this.told = fits
        ? { version: news.version, layout: news.apply(whole ? emptyLayout : this.told.layout) }
        : { version: 0, layout: emptyLayout };
      if (call !== this.latest) return undefined;
    } while (this.told.version === 0);
    return news.counts;
  }

  /**
   * What is shown and is not found again, although nobody took it away: it was renamed, say, or described. All of that stays
   * in a search; elsewhere what somebody has before them does.
   */
  private lost(query: LibraryQuery, found: LibraryLayout): number[] {
    const inSearch = this.searching;
    if (!inSearch && (query.scope === 'all' || query.scope === 'trash')) return [];
    const shown = inSearch ? [...this.layout.ids] : [...this.held()].filter((id) => this.indexOf(id) >= 0);
    if (shown.length === 0) return [];
    const again = new Set(found.ids);
    return shown.filter((id) => !again.has(id));
  }

  /** The row of a picture, once it has arrived; ask for it with `want`. */
  row(id: number): PictureRow | undefined {
    return this.rows.get(id);
  }

  /** Place of a picture in the layout; -1 when it isn't there. */
  indexOf(id: number): number {
    const { layout } = this;
    if (this.placed !== layout) {
      this.places.fill(layout.ids);
      this.placed = layout;
    }
    return this.places.of(id);
  }

  idAt(index: number): number | undefined {
    return this.layout.ids[index];
  }

  /** Sees to it that these rows are here, or on their way. */
  async want(ids: number[]): Promise<void> {
    const missing = ids.filter((id) => !this.asked.has(id) && (!this.rows.has(id) || this.stale.has(id)));
    for (let start = 0; start < missing.length; start += BATCH) await this.fetch(missing.slice(start, start + BATCH));
    this.trim(ids);
  }

  private async fetch(ids: number[]): Promise<void> {
    for (const id of ids) {
      this.asked.add(id);
      this.stale.delete(id);
    }
    const here = stay();
    try {
      const rows = await ipc().libraryRows(ids, this.shown.text);
      if (here()) for (const row of rows) this.put(row);
    } catch (error) {
      toasts.error(error);
    }
    if (!here()) return;
    for (const id of ids) this.asked.delete(id);
    // News that arrived while these were on their way made them old already.
    const again = ids.filter((id) => this.stale.has(id));
    if (again.length > 0) await this.fetch(again);
  }

  /** Replaces a row where it differs, so that tiles which stay the same aren't drawn again. */
  private put(row: PictureRow): void {
    const old = this.rows.get(row.id);
    if (!old || JSON.stringify(old) !== JSON.stringify(row)) this.rows.set(row.id, row);
  }

  private trim(inUse: number[]): void {
    if (this.rows.size <= KEPT_ROWS + inUse.length) return;
    const keep = new Set(inUse);
    for (const id of [...this.rows.keys()]) {
      if (this.rows.size <= KEPT_ROWS) break;
      if (!keep.has(id)) this.rows.delete(id);
    }
  }

  /** Shows a change of rows before the engine has confirmed it. */
  patch(ids: number[], change: Partial<PictureRow>): void {
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row) this.rows.set(id, { ...row, ...change });
    }
  }

  /** Takes pictures out of the layout before the engine has confirmed it. */
  remove(ids: number[]): void {
    const gone = new Set(ids);
    const keep: number[] = [];
    const { layout } = this;
    for (let index = 0; index < layout.count; index++) if (!gone.has(layout.ids[index] as number)) keep.push(index);
    this.layout = pick(layout, keep);
  }

  private changed(): void {
    this.news ??= setTimeout(
      () => {
        this.news = undefined;
        for (const id of this.rows.keys()) this.stale.add(id);
        this.revision++;
        void this.load();
      },
      Math.max(NEWS_MS, this.layout.count * NEWS_MS_EACH, this.took / SHARE),
    );
  }
}

export const library = new Library();

whenLeft(() => library.reset());
