/**
 * Names of albums that are being typed, written down with each key: a place that is left from outside, and an app that is
 * killed, take none of them away. They are in their field again when their place is open again.
 */

import { note, noted, notedKeys } from './storage';

/** What stands for an album that isn't made yet. */
export const NEW = 'new';
/** What stands for one that is to be made of pictures that are selected. */
export const OF_SELECTED = 'of-selected';

const start = (place: string) => `album ${place} `;

/** Writes down what is typed as the name of an album, by its identifier or `NEW`; nothing takes it away. */
export function noteName(place: string, album: string, words: string | undefined): void {
  note(start(place) + album, words?.trim() ? words : undefined);
}

/** What was typed last as the name of an album and was not kept. */
export function notedName(place: string, album: string): string | undefined {
  return noted(start(place) + album);
}

/** The albums of a place whose names were being typed. */
export function notedAlbums(place: string): string[] {
  return notedKeys(start(place)).map((key) => key.slice(start(place).length));
}
