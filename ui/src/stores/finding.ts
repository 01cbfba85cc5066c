/** Ways to what a search finds in the whole library. */
import { library } from './library.svelte';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';

/** Shows what these words find. */
export function showFound(words: string): void {
  screen.leaveLarge();
  selection.clear();
  void library.find(words);
}

/** What is searched for to find the pictures that have a tag. */
function tagQuery(tag: string): string {
  return `tag:"${tag.replaceAll('"', '')}"`;
}

/** The tag whose pictures are shown, and nothing else is asked for. */
export function shownTag(): string | undefined {
  const { text, scope, album } = library.query;
  return scope === 'all' && album === undefined ? /^tag:"([^"]+)"$/.exec(text.trim())?.[1] : undefined;
}

/** Shows the pictures that have a tag. */
export function showTag(tag: string): void {
  showFound(tagQuery(tag));
}
