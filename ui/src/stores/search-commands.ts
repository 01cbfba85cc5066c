/** Commands about what is searched for. */
import Bookmark from '@lucide/svelte/icons/bookmark';
import BookmarkPlus from '@lucide/svelte/icons/bookmark-plus';
import Pencil from '@lucide/svelte/icons/pencil';
import Filter from '@lucide/svelte/icons/sliders-horizontal';
import Trash from '@lucide/svelte/icons/trash-2';
import { m } from '@/paraglide/messages';
import type { Command } from './commands';
import { filtering } from './filtering.svelte';
import { saved } from './saved.svelte';
import { screen } from './screen.svelte';

export function searchCommands(): Command[] {
  const { shown } = saved;
  return [
    {
      id: 'filters',
      group: 'go',
      title: filtering.open ? m.filters_hide() : m.filters_show(),
      icon: Filter,
      keys: 'Mod+Shift+F',
      when: () => !screen.large,
      run: () => filtering.toggle(),
    },
    {
      id: 'search-save',
      group: 'go',
      title: m.search_save(),
      icon: BookmarkPlus,
      keys: 'Mod+Shift+S',
      when: () => !screen.large && saved.savable,
      run: () => saved.save(),
    },
    ...saved.list.map((search): Command => ({
      id: `search-${search.id}`,
      group: 'go',
      title: m.search_go_to({ name: search.name }),
      icon: Bookmark,
      run: () => saved.show(search),
    })),
    ...(shown
      ? ([
          {
            id: 'search-rename',
            group: 'go',
            title: m.search_rename_this(),
            icon: Pencil,
            when: () => !screen.narrow && !screen.rail,
            run: () => (saved.renaming = shown.id),
          },
          {
            id: 'search-remove',
            group: 'go',
            title: m.search_remove_this(),
            icon: Trash,
            run: () => saved.remove(shown),
          },
        ] satisfies Command[])
      : []),
  ];
}
