/** Commands about albums. */
import AlbumIcon from '@lucide/svelte/icons/folder';
import FolderPlus from '@lucide/svelte/icons/folder-plus';
import ImageIcon from '@lucide/svelte/icons/image';
import Pencil from '@lucide/svelte/icons/pencil';
import Trash from '@lucide/svelte/icons/trash-2';
import { m } from '@/paraglide/messages';
import { addToAlbum } from './actions';
import { albums } from './albums.svelte';
import type { Command } from './commands';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';

/** Goes to each of them, and makes another. */
export function albumList(): Command[] {
  return [
    ...albums.list.map((album): Command => ({
      id: `album-${album.id}`,
      group: 'go',
      title: m.album_go_to({ name: album.name }),
      icon: AlbumIcon,
      run: () => albums.show(album.id),
    })),
    { id: 'album-new', group: 'go', title: m.album_new(), icon: FolderPlus, run: () => void makeAlbum() },
  ];
}

/** Makes an album of a name, or of one that can be typed over at once, and shows it. */
export async function makeAlbum(name?: string): Promise<void> {
  const names = new Set(albums.list.map((album) => album.name));
  let fresh = name ?? m.album_new();
  for (let n = 2; name === undefined && names.has(fresh); n++) fresh = m.album_new_number({ n });
  if (!(await albums.create(fresh))) return;
  const made = albums.list.find((album) => album.name === fresh);
  if (!made) return;
  albums.show(made.id);
  // Its name is typed in the sidebar.
  if (name === undefined && !screen.narrow) albums.renaming = made.id;
}

/** Puts pictures into each of them, or into a new one. */
export function albumTargets(ids: number[], fits: boolean): Command[] {
  if (!fits) return [];
  return [
    ...albums.list.map((album): Command => ({
      id: `album-add-${album.id}`,
      group: 'pictures',
      title: m.album_add_named({ name: album.name }),
      icon: FolderPlus,
      run: () => void addToAlbum(album.id, ids),
    })),
    {
      id: 'album-add-new',
      group: 'pictures',
      title: m.album_add_new(),
      icon: FolderPlus,
      run: () => screen.open('new_album', ids),
    },
  ];
}

/** About the one that is shown. */
export function albumCommands(): Command[] {
  const { shown } = albums;
  if (!shown) return [];
  const { single } = selection;
  return [
    {
      id: 'album-rename',
      group: 'pictures',
      title: m.album_rename_this(),
      icon: Pencil,
      // Its name is typed in the sidebar.
      when: () => !screen.narrow,
      run: () => (albums.renaming = shown.id),
    },
    {
      id: 'album-cover',
      group: 'pictures',
      title: m.album_cover_use(),
      icon: ImageIcon,
      when: () => single !== undefined,
      run: () => void (single !== undefined && albums.setCover(shown, single)),
    },
    {
      id: 'album-delete',
      group: 'pictures',
      title: m.album_delete_this(),
      icon: Trash,
      run: () => void albums.remove(shown),
    },
  ];
}
