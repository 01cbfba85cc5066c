/** Commands about tags. */
import Tag from '@lucide/svelte/icons/tag';
import Tags from '@lucide/svelte/icons/tags';
import { m } from '@/paraglide/messages';
import { number } from '@/text/format';
import { rank } from '@/text/rank';
import type { Command } from './commands';
import { showTag } from './finding';
import { screen } from './screen.svelte';
import { tags } from './tags.svelte';

/** What stands before a tag where nothing but tags is meant. */
export const TAG_SIGN = '#';

/** More of them are not drawn at once: whoever types on comes to each. */
const DRAWN = 100;

/** Goes to the list of all tags. */
export function allTags(): Command {
  return {
    id: 'tags-all',
    group: 'go',
    title: m.tags_all(),
    icon: Tags,
    when: () => tags.list.length > 0,
    run: () => screen.openPalette(TAG_SIGN),
  };
}

/** Goes to the pictures of each tag that these words find, or that follow the sign, the best first; and how many more there are. */
export function tagCommands(text: string): { found: Command[]; more: number } {
  // Where nothing but tags is listed, it need not be said of each.
  const alone = text.startsWith(TAG_SIGN);
  const words = alone ? text.slice(TAG_SIGN.length).trim() : text;
  const hits = tags.list
    .map((row, index) => ({ row, index, score: words ? rank(row.tag, words) : 1 }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index);
  const found = hits.slice(0, DRAWN).map(({ row, index }): Command => ({
    id: `tag-${index}`,
    group: 'go',
    title: alone ? row.tag : m.palette_tag({ text: row.tag }),
    detail: number(row.pictures),
    icon: Tag,
    run: () => showTag(row.tag),
  }));
  return { found, more: hits.length - found.length };
}
