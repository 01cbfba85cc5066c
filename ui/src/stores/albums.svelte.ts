/** The albums, by name. */
import { m } from '@/paraglide/messages';
import { ipc, type AlbumRow } from '@/ipc';
import { NEW, OF_SELECTED, notedAlbums, notedName, noteName } from './album-notes';
import { library } from './library.svelte';
import { offerWords } from './offer';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';
import { toasts } from './toasts.svelte';
import { turns } from './turns.svelte';
import { stay, whenLeft } from './visit';

/** Names as people sort them: album 2 before album 10. */
const names = new Intl.Collator(undefined, { numeric: true });

class Albums {
  list = $state.raw<AlbumRow[]>([]);
  /** The one whose name is being typed. */
  renaming = $state<string>();
  /** Whether the name of a new one is being typed. */
  making = $state(false);
  /** The place that they are in. */
  place = '';
  /** Those whose field is open again with words from before: it has not been asked for, and doesn't take the keyboard. */
  private recalled = new Set<string>();
  private loaded = false;
  private latest = 0;

  /** The one whose pictures are shown. */
  get shown(): AlbumRow | undefined {
    return this.list.find(({ id }) => id === library.query.album);
  }

  async load(): Promise<void> {
    const call = ++this.latest;
    try {
      const list = await ipc().albums();
      if (call !== this.latest) return;
      this.loaded = true;
      this.list = list.sort((one, other) => names.compare(one.name, other.name));
      // It was deleted, here or on another device.
      if (library.query.album !== undefined && !this.shown) void library.setScope('all');
    } catch (error) {
      if (call === this.latest) toasts.error(error);
    }
  }

  /** From here on they are those of this place. A name that was being typed there is in its field again. */
  async open(place: string): Promise<void> {
    this.place = place;
    const here = stay();
    const noted = notedAlbums(place);
    if (noted.length === 0) return;
    await this.load();
    // What could not be read is asked for again when the place is opened again.
    if (!here() || !this.loaded) return;
    for (const album of noted) this.recall(album);
  }

  private recall(album: string): void {
    const { place } = this;
    const words = notedName(place, album)?.trim() ?? '';
    const known = this.list.find(({ id }) => id === album);
    const kept = album === NEW || album === OF_SELECTED ? this.called(words) : known?.name === words;
    if (!words || kept) noteName(place, album, undefined);
    else if (album === NEW || known) {
      this.recalled.add(album);
      if (known) this.renaming = album;
      else this.making = true;
    } else {
      const why = album === OF_SELECTED ? m.album_name_unused({ words }) : m.album_name_lost({ words });
      offerWords(why, words, () => noteName(place, album, undefined));
    }
  }

  /** Whether a field was opened for words from before; asked once. */
  wasRecalled(album: string): boolean {
    return this.recalled.delete(album);
  }

  /** Shows the pictures in an album. */
  show(id: string): void {
    screen.leaveLarge();
    selection.clear();
    void library.setAlbum(id);
  }

  /** Makes an album; where one has that name in another case, that one is shown, and why. Whether that went well. */
  async create(name: string): Promise<boolean> {
    const there = this.called(name);
    if (!there) return this.change(() => ipc().createAlbum(name));
    this.show(there.id);
    toasts.show('info', m.album_there({ name: there.name }));
    return true;
  }

  rename(album: AlbumRow, name: string): Promise<boolean> {
    return this.change(() => ipc().renameAlbum(album.id, name));
  }

  /** Has a picture stand for an album, or the first in it. */
  async setCover(album: AlbumRow, id: number | null): Promise<void> {
    const { name } = album;
    if (await this.change(() => ipc().setAlbumCover(album.id, id))) toasts.show('success', m.album_cover_set({ name }));
  }

  /** Deletes an album, with a way back. Its pictures stay in the library. */
  async remove(album: AlbumRow): Promise<boolean> {
    const here = stay();
    const shown = library.query.album === album.id;
    if (!(await this.change(() => ipc().removeAlbum(album.id)))) return false;
    await turns.load();
    turns.offer(m.album_deleted({ name: album.name, count: album.pictures }), here, async () => {
      await this.load();
      if (shown && here()) this.show(album.id);
    });
    return true;
  }

  /** Forgets everything, for another place. */
  reset(): void {
    this.latest++;
    this.list = [];
    this.renaming = undefined;
    this.making = false;
    this.loaded = false;
    this.recalled.clear();
  }

  private async change(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      toasts.error(error);
      return false;
    }
    await this.load();
    return true;
  }

  /** The album of a name, in whatever case, if there is one. */
  async named(name: string): Promise<AlbumRow | undefined> {
    // One that has just come is on its way here.
    if (!this.called(name)) await this.load();
    return this.called(name);
  }

  /** Puts pictures into an album, else into a new one of this name: making it and filling it is one thing to undo. */
  fill(album: AlbumRow | undefined, name: string, ids: number[]): Promise<AlbumRow> {
    return album ? ipc().addToAlbum(album.id, ids) : ipc().createAlbum(name, ids);
  }

  /** The album of a name, in whatever case. */
  called(name: string): AlbumRow | undefined {
    const bare = (text: string) => text.trim().normalize('NFC').toLowerCase();
    return this.list.find((album) => bare(album.name) === bare(name));
  }
}

export const albums = new Albums();

whenLeft(() => albums.reset());
