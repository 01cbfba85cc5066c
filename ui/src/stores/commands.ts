/** Every command of the window, once: for the palette, for the keyboard, and for the sheet of shortcuts. */
import ArrowDownUp from '@lucide/svelte/icons/arrow-down-up';
import ClipboardPaste from '@lucide/svelte/icons/clipboard-paste';
import Clock from '@lucide/svelte/icons/clock';
import CommandIcon from '@lucide/svelte/icons/command';
import Copy from '@lucide/svelte/icons/copy';
import Download from '@lucide/svelte/icons/download';
import FileUp from '@lucide/svelte/icons/file-up';
import AlbumIcon from '@lucide/svelte/icons/folder';
import FolderUp from '@lucide/svelte/icons/folder-up';
import Expand from '@lucide/svelte/icons/expand';
import Heart from '@lucide/svelte/icons/heart';
import History from '@lucide/svelte/icons/history';
import Images from '@lucide/svelte/icons/images';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Link from '@lucide/svelte/icons/link';
import PanelRight from '@lucide/svelte/icons/panel-right';
import Pause from '@lucide/svelte/icons/pause';
import PencilLine from '@lucide/svelte/icons/pencil-line';
import Play from '@lucide/svelte/icons/play';
import Redo from '@lucide/svelte/icons/redo-2';
import Replace from '@lucide/svelte/icons/replace';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import Search from '@lucide/svelte/icons/search';
import SettingsIcon from '@lucide/svelte/icons/settings';
import Star from '@lucide/svelte/icons/star';
import Stethoscope from '@lucide/svelte/icons/stethoscope';
import Sparkles from '@lucide/svelte/icons/sparkles';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Tag from '@lucide/svelte/icons/tag';
import Trash from '@lucide/svelte/icons/trash-2';
import Undo from '@lucide/svelte/icons/undo-2';
import Upload from '@lucide/svelte/icons/upload';
import { m } from '@/paraglide/messages';
import { toggleFullScreen } from '@/components/full-screen';
import type { IconComponent } from '@/components/icon';
import { ipc, type Scope, type Sort, type Theme, type TileSize } from '@/ipc';
import {
  askToDescribe,
  attempt,
  copyLinks,
  deletePictures,
  downloadPictures,
  emptyTrash,
  pickAndUpload,
  removeFromAlbum,
  restorePictures,
  rate,
  toggleFavourite,
  uploadClipboard,
} from './actions';
import { albumCommands, albumList, albumTargets } from './album-commands';
import { app } from './app.svelte';
import { number } from '@/text/format';
import { descriptions } from './descriptions.svelte';
import { duplicates } from './duplicates.svelte';
import { shownTag } from './finding';
import { library } from './library.svelte';
import { places } from './places.svelte';
import { saved } from './saved.svelte';
import { screen } from './screen.svelte';
import { searchCommands } from './search-commands';
import { selection } from './selection.svelte';
import { settingsPages } from './settings-pages';
import { allTags } from './tag-commands';
import { turns } from './turns.svelte';
import { uploads } from './uploads.svelte';
import { viewCommands } from './view-commands';
import { viewerCommands } from './viewer-commands';

export type CommandGroup = 'go' | 'pictures' | 'upload' | 'viewer' | 'view' | 'app';

export interface Command {
  id: string;
  group: CommandGroup;
  title: string;
  icon: IconComponent;
  /** Such as "Mod+K". */
  keys?: string;
  /** Said behind its title, such as how many pictures it is about. */
  detail?: string;
  /** A second key for the same, not shown. */
  alsoKeys?: string;
  /** Whether it makes sense now. */
  when?: () => boolean;
  run: () => void;
}

/** The pictures that a command is about: the one in the viewer, the one of those compared that is chosen, else the selection. */
export function subject(): number[] {
  if (screen.viewing !== undefined) return [screen.viewing];
  if (screen.comparing.length === 0) return selection.ordered;
  return screen.compared === undefined ? [] : [screen.compared];
}

const some = () => subject().length > 0;
const inTrash = () => library.inTrash;
const inAlbum = () => library.shown.album !== undefined && !inTrash();

/** Takes pictures away; the next one is selected, so that the same key goes on with it. */
function thenNext(takeAway: () => void): void {
  const selected = selection.size > 0 && !screen.large;
  takeAway();
  const { cursor } = selection;
  if (selected && selection.size === 0 && cursor !== undefined) selection.only(cursor);
}

/** Takes pictures out of the album that is shown; moves them to the trash from elsewhere, and from there out for good. */
function removeSubject(): void {
  const { album } = library.shown;
  if (inTrash()) screen.open('delete_forever', subject());
  else if (album !== undefined) void removeFromAlbum(album, subject());
  else void deletePictures(subject());
}

export function scopes(): { scope: Scope; title: string; icon: IconComponent; keys: string }[] {
  return [
    { scope: 'all', title: m.library(), icon: Images, keys: 'Mod+1' },
    { scope: 'favourites', title: m.favourites(), icon: Heart, keys: 'Mod+2' },
    { scope: 'recent', title: m.recent(), icon: Clock, keys: 'Mod+3' },
    { scope: 'undescribed', title: m.undescribed(), icon: PencilLine, keys: 'Mod+4' },
    { scope: 'trash', title: m.trash(), icon: Trash, keys: 'Mod+5' },
  ];
}

export function sorts(): { sort: Sort; title: string }[] {
  return [
    { sort: 'newest', title: m.sort_newest() },
    { sort: 'oldest', title: m.sort_oldest() },
    { sort: 'added', title: m.sort_added() },
    { sort: 'name', title: m.sort_name() },
    { sort: 'size', title: m.sort_size() },
    { sort: 'rating', title: m.sort_rating() },
    ...(library.query.scope === 'trash' ? [{ sort: 'deleted' as const, title: m.sort_deleted() }] : []),
  ];
}

export function tileSizes(): { value: TileSize; label: string }[] {
  return [
    { value: 'small', label: m.size_small() },
    { value: 'medium', label: m.size_medium() },
    { value: 'large', label: m.size_large() },
  ];
}

export function themes(): { value: Theme; label: string }[] {
  return [
    { value: 'system', label: m.theme_system() },
    { value: 'light', label: m.theme_light() },
    { value: 'dark', label: m.theme_dark() },
  ];
}

/** Goes to a part of the library. */
export function goTo(scope: Scope): void {
  screen.leaveLarge();
  duplicates.leave();
  selection.clear();
  // What stands in the sidebar is gone to instead of what else stands there; what was typed is looked for there, too.
  if (saved.shown || shownTag() !== undefined) void library.find('', scope);
  else void library.setScope(scope);
}

/** Puts the keyboard into the search box. */
export function focusSearch(): void {
  screen.leaveLarge();
  duplicates.leave();
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>('[data-testid=search]')?.focus());
}

/** Puts the keyboard where tags are added to the pictures. */
function focusTags(): void {
  screen.inspector = true;
  requestAnimationFrame(() => {
    const fields = document.querySelectorAll<HTMLElement>('[data-testid=inspector-tags], [data-testid=many-tags]');
    // The viewer's inspector is drawn over the library's.
    [...fields].at(-1)?.focus();
  });
}

export function commands(): Command[] {
  return [
    // Before what has the same keys elsewhere.
    ...viewerCommands(),
    ...scopes().map(({ scope, title, icon, keys }): Command => ({
      id: `go-${scope}`,
      group: 'go',
      title: m.go_to({ name: title }),
      icon,
      keys,
      run: () => goTo(scope),
    })),
    {
      id: 'go-duplicates',
      group: 'go',
      title: m.go_to({ name: m.duplicates() }),
      icon: Copy,
      keys: 'Mod+6',
      run: () => duplicates.show(),
    },
    ...albumList(),
    allTags(),
    { id: 'search', group: 'go', title: m.search(), icon: Search, keys: 'Mod+F', alsoKeys: '/', run: focusSearch },
    ...searchCommands(),

    {
      id: 'upload-files',
      group: 'upload',
      title: m.upload_files(),
      icon: FileUp,
      keys: 'Mod+O',
      run: () => void pickAndUpload(false),
    },
    {
      id: 'upload-folder',
      group: 'upload',
      title: m.upload_folder(),
      icon: FolderUp,
      keys: 'Mod+Shift+O',
      run: () => void pickAndUpload(true),
    },
    {
      id: 'upload-clipboard',
      group: 'upload',
      title: m.upload_clipboard(),
      icon: ClipboardPaste,
      keys: 'Mod+V',
      run: () => void uploadClipboard(),
    },
    {
      id: 'uploads-pause',
      group: 'upload',
      title: m.uploads_pause(),
      icon: Pause,
      when: () => uploads.summary.active && !uploads.summary.paused,
      run: () => void attempt(() => ipc().pauseUploads()),
    },
    {
      id: 'uploads-resume',
      group: 'upload',
      title: m.uploads_resume(),
      icon: Play,
      when: () => uploads.summary.active && uploads.summary.paused,
      run: () => void attempt(() => ipc().resumeUploads()),
    },
    {
      id: 'uploads-retry',
      group: 'upload',
      title: m.uploads_retry_failed(),
      icon: RotateCcw,
      when: () => uploads.failed > 0,
      run: () => void attempt(() => ipc().retryFailedUploads()),
    },
    {
      id: 'uploads-resume-held',
      group: 'upload',
      title: m.uploads_resume_held({ n: number(uploads.summary.held) }),
      icon: Play,
      when: () => uploads.summary.active && uploads.summary.held > 0,
      run: () => void attempt(() => ipc().resumeHeldUploads()),
    },
    {
      id: 'descriptions-show',
      group: 'pictures',
      title: m.descriptions_show(),
      icon: Sparkles,
      when: () => descriptions.any,
      run: () => (descriptions.open = true),
    },
    {
      id: 'uploads-history',
      group: 'upload',
      title: m.uploads_history_open(),
      icon: History,
      run: () => screen.open('upload_history'),
    },
    {
      id: 'uploads-show',
      group: 'upload',
      title: m.uploads_show(),
      icon: Upload,
      when: () => uploads.any,
      run: () => uploads.show(),
    },

    {
      id: 'undo',
      group: 'pictures',
      title: turns.next.undo ? m.undo_what({ what: turns.next.undo }) : m.undo(),
      icon: Undo,
      keys: 'Mod+Z',
      when: () => turns.next.undo !== null,
      run: () => void turns.undo(),
    },
    {
      id: 'redo',
      group: 'pictures',
      title: turns.next.redo ? m.redo_what({ what: turns.next.redo }) : m.redo(),
      icon: Redo,
      keys: 'Mod+Shift+Z',
      alsoKeys: 'Mod+Y',
      when: () => turns.next.redo !== null,
      run: () => void turns.redo(),
    },
    {
      id: 'favourite',
      group: 'pictures',
      title: m.favourite_toggle(),
      icon: Heart,
      keys: 'F',
      when: () => some() && !inTrash(),
      run: () => void toggleFavourite(subject()),
    },
    ...[0, 1, 2, 3, 4, 5].map((stars): Command => ({
      id: `rate-${stars}`,
      group: 'pictures',
      title: stars ? m.rating_give({ stars }) : m.rating_none(),
      icon: Star,
      keys: String(stars),
      when: () => some() && !inTrash(),
      run: () => void rate(subject(), stars),
    })),
    {
      id: 'describe',
      group: 'pictures',
      title: m.describe(),
      icon: Sparkles,
      keys: 'D',
      when: () => some() && !inTrash(),
      run: () => askToDescribe(subject()),
    },
    {
      id: 'copy-link',
      group: 'pictures',
      title: m.copy_link(),
      icon: Link,
      keys: 'Mod+C',
      when: () => some() && !inTrash(),
      run: () => void copyLinks(subject()),
    },
    {
      id: 'download',
      group: 'pictures',
      title: subject().length === 1 ? m.save_as() : m.download(),
      icon: Download,
      keys: 'Mod+S',
      when: () => some() && !inTrash(),
      run: () => void downloadPictures(subject()),
    },
    {
      id: 'delete',
      group: 'pictures',
      title: inAlbum() ? m.album_remove_from() : m.delete(),
      icon: inAlbum() ? AlbumIcon : Trash,
      keys: 'Delete',
      alsoKeys: 'Backspace',
      when: some,
      run: () => thenNext(removeSubject),
    },
    {
      id: 'delete-from-album',
      group: 'pictures',
      title: m.delete(),
      icon: Trash,
      keys: 'Shift+Delete',
      alsoKeys: 'Shift+Backspace',
      when: () => some() && inAlbum(),
      run: () => thenNext(() => void deletePictures(subject())),
    },
    {
      id: 'restore',
      group: 'pictures',
      title: m.restore(),
      icon: RotateCcw,
      keys: 'R',
      when: () => some() && inTrash(),
      run: () => thenNext(() => void restorePictures(subject())),
    },
    {
      id: 'select-all',
      group: 'pictures',
      title: m.select_all(),
      icon: Images,
      keys: 'Mod+A',
      when: () => !screen.large && !duplicates.shown,
      run: () => selection.all(),
    },

    ...albumTargets(subject(), some() && !inTrash()),
    ...albumCommands(),
    {
      id: 'tag',
      group: 'pictures',
      title: m.tags_add(),
      icon: Tag,
      when: () => some() && !inTrash(),
      run: focusTags,
    },
    {
      id: 'empty-trash',
      group: 'pictures',
      title: m.trash_empty(),
      icon: Trash,
      when: () => (library.counts?.trash ?? 0) > 0,
      run: () => void emptyTrash(),
    },

    {
      id: 'inspector',
      group: 'view',
      title: m.inspector_toggle(),
      icon: PanelRight,
      keys: 'I',
      run: () => (screen.inspector = !screen.inspector),
    },
    ...viewCommands(),
    {
      id: 'full-screen',
      group: 'view',
      title: m.full_screen(),
      icon: Expand,
      keys: 'F11',
      run: () => void toggleFullScreen(),
    },
    ...sorts().map(({ sort, title }): Command => ({
      id: `sort-${sort}`,
      group: 'view',
      title: m.sort_command({ sort: title }),
      icon: ArrowDownUp,
      when: () => library.query.sort !== sort,
      run: () => void library.setSort(sort),
    })),
    ...themes().map(({ value, label }): Command => ({
      id: `theme-${value}`,
      group: 'view',
      title: m.theme_command({ theme: label }),
      icon: SunMoon,
      when: () => app.settings?.theme !== value,
      run: () => void app.change({ theme: value }),
    })),

    {
      id: 'place-switch',
      group: 'app',
      title: m.place_switch(),
      icon: Replace,
      run: () => screen.open('switch_place'),
    },
    ...places.list.map((place): Command => ({
      id: `place-${place.id}`,
      group: 'app',
      title: m.place_switch_to({ name: place.title }),
      icon: Replace,
      when: () => !place.current,
      run: () => void places.use(place.id),
    })),
    {
      id: 'settings',
      group: 'app',
      title: m.settings(),
      icon: SettingsIcon,
      keys: 'Mod+,',
      run: () => screen.openSettings('place'),
    },
    ...settingsPages()
      .filter(({ page }) => page !== 'doctor')
      .map(({ page, title, icon }): Command => ({
        id: `settings-${page}`,
        group: 'app',
        title: m.settings_command({ page: title }),
        icon,
        run: () => screen.openSettings(page),
      })),
    {
      id: 'doctor',
      group: 'app',
      title: m.connection_ask_doctor(),
      icon: Stethoscope,
      run: () => screen.askDoctor(),
    },
    {
      id: 'palette',
      group: 'app',
      title: m.palette_open(),
      icon: CommandIcon,
      keys: 'Mod+K',
      run: () => screen.open('palette'),
    },
    {
      id: 'shortcuts',
      group: 'app',
      title: m.shortcuts(),
      icon: Keyboard,
      keys: '?',
      run: () => screen.open('shortcuts'),
    },
  ];
}
