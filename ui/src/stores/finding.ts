/** Ways to what a search finds in the whole library. */
import { library } from './library.svelte';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';

/** Shows what these words find. */
export function showFound(words: string): void {
  screen.viewing = undefined;
  selection.clear();
  void library.find(words);
}

/** Shows the pictures that have a tag. */
export function showTag(tag: string): void {
  showFound(`tag:"${tag.replaceAll('"', '')}"`);
}
