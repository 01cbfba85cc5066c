/** The menu of an album. */
import AlbumIcon from '@lucide/svelte/icons/folder';
import ImageIcon from '@lucide/svelte/icons/image';
import Pencil from '@lucide/svelte/icons/pencil';
import Trash from '@lucide/svelte/icons/trash-2';
import { m } from '@/paraglide/messages';
import type { AlbumRow } from '@/ipc';
import { albums } from '@/stores/albums.svelte';
import { selection } from '@/stores/selection.svelte';
import type { MenuEntry } from './menu';

export function albumMenu(album: AlbumRow): MenuEntry[] {
  const { single } = selection;
  return [
    { kind: 'item', label: m.open(), icon: AlbumIcon, run: () => albums.show(album.id) },
    {
      kind: 'item',
      label: m.album_rename(),
      icon: Pencil,
      keys: 'F2',
      testid: 'album-rename',
      // After the menu has given the keyboard back.
      run: () => void setTimeout(() => (albums.renaming = album.id)),
    },
    {
      kind: 'menu',
      label: m.album_cover(),
      icon: ImageIcon,
      entries: [
        {
          kind: 'item',
          label: m.album_cover_selected(),
          disabled: single === undefined,
          testid: 'album-cover-selected',
          run: () => void (single !== undefined && albums.setCover(album, single)),
        },
        { kind: 'item', label: m.album_cover_first(), run: () => void albums.setCover(album, null) },
      ],
    },
    { kind: 'separator' },
    {
      kind: 'item',
      label: m.album_delete(),
      icon: Trash,
      keys: 'Delete',
      danger: true,
      testid: 'album-delete',
      run: () => void albums.remove(album),
    },
  ];
}
