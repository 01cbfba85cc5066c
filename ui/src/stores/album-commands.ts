/** Commands about the album that is shown. */
import ImageIcon from '@lucide/svelte/icons/image';
import Pencil from '@lucide/svelte/icons/pencil';
import Trash from '@lucide/svelte/icons/trash-2';
import { m } from '@/paraglide/messages';
import { albums } from './albums.svelte';
import type { Command } from './commands';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';

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
