/**
 * The web view's own storage, where the window notes what a start after a kill has to know: words that are being typed, and how
 * it was left. The web view keeps it in another process, so that writing costs next to nothing. Never for secrets.
 *
 * Where a web view has no storage, nothing is noted and everything begins as if for the first time.
 */

/** What is noted under a key. */
export function noted(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Notes something under a key; nothing takes the note away. Whether that went well. */
export function note(key: string, text: string | undefined): boolean {
  try {
    if (text === undefined) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** The keys that begin so. */
export function notedKeys(start: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(start));
  } catch {
    return [];
  }
}
