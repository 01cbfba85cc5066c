/** The albums, by name. */
import { ipc, type AlbumRow } from '@/ipc';
import { library } from './library.svelte';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';
import { toasts } from './toasts.svelte';

class Albums {
  list = $state.raw<AlbumRow[]>([]);
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
      this.list = list;
      // It was deleted, here or on another device.
      if (library.query.album !== undefined && !this.shown) void library.setScope('all');
    } catch (error) {
      if (call === this.latest) toasts.error(error);
    }
  }

  /** Shows the pictures in an album. */
  show(id: string): void {
    screen.viewing = undefined;
    selection.clear();
    void library.setAlbum(id);
  }

  /** The album of a name, in whatever case; made when there is none. */
  async named(name: string): Promise<AlbumRow> {
    const same = (album: AlbumRow) => album.name.toLowerCase() === name.toLowerCase();
    return this.list.find(same) ?? (await ipc().createAlbum(name));
  }
}

export const albums = new Albums();
