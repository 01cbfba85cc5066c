/** Searches that were saved, of each place its own. They are kept on this computer. */
import { m } from '@/paraglide/messages';
import type { Scope } from '@/ipc';
import { searchTitle } from '@/text/filters';
import { library } from './library.svelte';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';
import { note, noted } from './storage';
import { toasts } from './toasts.svelte';
import { stay, whenLeft } from './visit';

export interface SavedSearch {
  id: string;
  name: string;
  /** What is typed to find it. */
  text: string;
  scope: Scope;
}

const key = (place: string) => `searches ${place}`;

function read(place: string): SavedSearch[] {
  try {
    const list = JSON.parse(noted(key(place)) ?? '[]') as unknown;
    return Array.isArray(list) ? (list as SavedSearch[]).filter(({ id, name, text }) => id && name && text) : [];
  } catch {
    return [];
  }
}

class Saved {
  /** In the order in which they were saved. */
  list = $state.raw<readonly SavedSearch[]>([]);
  /** The one whose name is being typed. */
  renaming = $state<string>();
  private place = '';

  /** From here on they are those of this place. */
  open(place: string): void {
    this.place = place;
    this.list = read(place);
  }

  /** The one whose pictures are shown. */
  get shown(): SavedSearch | undefined {
    const { text, scope, album } = library.query;
    if (album !== undefined) return undefined;
    return this.list.find((each) => each.text === text.trim() && each.scope === scope);
  }

  /** Whether there is a search that isn't saved. */
  get savable(): boolean {
    const { text, album } = library.query;
    return text.trim() !== '' && album === undefined && this.shown === undefined;
  }

  show(search: SavedSearch): void {
    screen.leaveLarge();
    selection.clear();
    void library.find(search.text, search.scope);
  }

  /** Saves what is searched for, under what it says until it has a name. */
  save(): void {
    if (!this.savable) return;
    const { text, scope } = library.query;
    const search = { id: crypto.randomUUID(), name: searchTitle(text), text: text.trim(), scope };
    this.put([...this.list, search]);
    // Its name is typed in the sidebar.
    if (screen.narrow || screen.rail) toasts.show('success', m.search_saved());
    else this.renaming = search.id;
  }

  rename(search: SavedSearch, name: string): void {
    this.put(this.list.map((each) => (each.id === search.id ? { ...each, name } : each)));
  }

  /** Removes one, with a way back to its place in the list. */
  remove(search: SavedSearch): void {
    const at = this.list.findIndex(({ id }) => id === search.id);
    if (at < 0) return;
    this.put(this.list.filter(({ id }) => id !== search.id));
    const same = ({ text, scope }: SavedSearch) => text === search.text && scope === search.scope;
    toasts.undoable(
      m.search_removed({ name: search.name }),
      () => this.put(this.list.toSpliced(at, 0, search)),
      stay(),
      () => !this.list.some(same),
    );
  }

  reset(): void {
    this.place = '';
    this.list = [];
    this.renaming = undefined;
  }

  private put(list: readonly SavedSearch[]): void {
    this.list = list;
    note(key(this.place), list.length > 0 ? JSON.stringify(list) : undefined);
    void toasts.review();
  }
}

export const saved = new Saved();

whenLeft(() => saved.reset());
