/** The menu of one or more pictures: of a right click, and behind the viewer's "more" button. */
import Columns from '@lucide/svelte/icons/columns-2';
import Download from '@lucide/svelte/icons/download';
import Eye from '@lucide/svelte/icons/eye';
import AlbumIcon from '@lucide/svelte/icons/folder';
import ImageIcon from '@lucide/svelte/icons/image';
import Heart from '@lucide/svelte/icons/heart';
import Link from '@lucide/svelte/icons/link';
import Plus from '@lucide/svelte/icons/plus';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import Sparkles from '@lucide/svelte/icons/sparkles';
import Star from '@lucide/svelte/icons/star';
import Trash from '@lucide/svelte/icons/trash-2';
import { m } from '@/paraglide/messages';
import {
  addToAlbum,
  askToDescribe,
  copyLinks,
  deletePictures,
  downloadPictures,
  rate,
  removeFromAlbum,
  restorePictures,
  toggleFavourite,
} from '@/stores/actions';
import { albums } from '@/stores/albums.svelte';
import { canCompare, compare } from '@/stores/comparing';
import { library } from '@/stores/library.svelte';
import { ratings } from '@/stores/ratings.svelte';
import { screen } from '@/stores/screen.svelte';
import { linkFormats } from '@/text/links';
import type { MenuEntry } from './menu';

export function pictureMenu(ids: number[]): MenuEntry[] {
  const [first] = ids;
  if (first === undefined) return [];
  if (library.inTrash) {
    return [
      { kind: 'item', label: m.restore(), icon: RotateCcw, run: () => void restorePictures(ids) },
      { kind: 'separator' },
      {
        kind: 'item',
        label: m.delete_forever_ask(),
        icon: Trash,
        danger: true,
        run: () => screen.open('delete_forever', ids),
      },
    ];
  }
  const given = ratings.shared(ids);
  const liked = ids.every((id) => library.row(id)?.favourite);
  return [
    ...(ids.length === 1
      ? [{ kind: 'item', label: m.open(), icon: Eye, keys: 'Enter', run: () => (screen.viewing = first) } as const]
      : []),
    ...(canCompare(new Set(ids))
      ? [{ kind: 'item', label: m.compare(), icon: Columns, keys: 'C', run: () => compare(ids) } as const]
      : []),
    {
      kind: 'item',
      label: liked ? m.favourite_remove() : m.favourite_add(),
      icon: Heart,
      keys: 'F',
      run: () => void toggleFavourite(ids),
    },
    {
      kind: 'menu',
      label: m.rating(),
      icon: Star,
      entries: [5, 4, 3, 2, 1, 0].map((stars) => ({
        kind: 'item',
        label: stars ? m.rating_give({ stars }) : m.rating_none(),
        keys: String(stars),
        checked: stars === given,
        run: () => void rate(ids, stars),
      })),
    },
    { kind: 'separator' },
    { kind: 'item', label: m.copy_link(), icon: Link, keys: 'Mod+C', run: () => void copyLinks(ids) },
    {
      kind: 'menu',
      label: m.copy_link_as(),
      icon: Link,
      entries: linkFormats().map(({ value, label }) => ({
        kind: 'item',
        label,
        run: () => void copyLinks(ids, value),
      })),
    },
    {
      kind: 'item',
      label: ids.length === 1 ? m.save_as() : m.download(),
      icon: Download,
      keys: 'Mod+S',
      run: () => void downloadPictures(ids),
    },
    ...ofAlbums(ids),
    { kind: 'item', label: m.describe(), icon: Sparkles, keys: 'D', run: () => askToDescribe(ids) },
    { kind: 'separator' },
    {
      kind: 'item',
      label: m.delete(),
      icon: Trash,
      keys: library.shown.album === undefined ? 'Delete' : 'Shift+Delete',
      danger: true,
      run: () => void deletePictures(ids),
    },
  ];
}

function ofAlbums(ids: number[]): MenuEntry[] {
  const entries: MenuEntry[] = [
    {
      kind: 'menu',
      label: m.album_add_to(),
      icon: AlbumIcon,
      entries: [
        ...albums.list.map(({ id, name }): MenuEntry => ({
          kind: 'item',
          label: name,
          run: () => void addToAlbum(id, ids),
        })),
        ...(albums.list.length > 0 ? [{ kind: 'separator' } as const] : []),
        {
          kind: 'item',
          label: m.album_new_of(),
          icon: Plus,
          testid: 'album-new-of',
          run: () => screen.open('new_album', ids),
        },
      ],
    },
  ];
  const { album } = library.shown;
  const { shown } = albums;
  const [first] = ids;
  if (shown && first !== undefined && ids.length === 1) {
    entries.push({
      kind: 'item',
      label: m.album_cover_use(),
      icon: ImageIcon,
      run: () => void albums.setCover(shown, first),
    });
  }
  if (album !== undefined) {
    entries.push({
      kind: 'item',
      label: m.album_remove_from(),
      icon: AlbumIcon,
      keys: 'Delete',
      run: () => void removeFromAlbum(album, ids),
    });
  }
  return entries;
}
