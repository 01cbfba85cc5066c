/**
 * Names of albums that are being typed, written down with each key: a place that is left from outside, and an app that is
 * killed, take none of them away. They are in their field again when their place is open again.
 */

/** What stands for an album that isn't made yet. */
export const NEW = 'new';

const start = (place: string) => `album ${place} `;

/** Writes down what is typed as the name of an album, by its identifier or `NEW`; nothing takes it away. */
export function noteName(place: string, album: string, words: string | undefined): void {
  try {
    if (words?.trim()) localStorage.setItem(start(place) + album, words);
    else localStorage.removeItem(start(place) + album);
  } catch {
    // Without storage the field has it, for as long as its place is open.
  }
}

/** What was typed last as the name of an album and was not kept. */
export function notedName(place: string, album: string): string | undefined {
  try {
    return localStorage.getItem(start(place) + album) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The albums of a place whose names were being typed. */
export function notedAlbums(place: string): string[] {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(start(place)));
    return keys.map((key) => key.slice(start(place).length));
  } catch {
    return [];
  }
}
