/** Whether the key for descriptions is kept in memory only. The next start knows of it, so as to ask for that key again. */
const IN_MEMORY = 'ai-key in memory';

export function rememberKeyInMemory(inMemory: boolean): void {
  try {
    if (inMemory) localStorage.setItem(IN_MEMORY, 'true');
    else localStorage.removeItem(IN_MEMORY);
  } catch {
    // Without storage the next start asks for a key as if there had never been one.
  }
}

export function keyWasInMemory(): boolean {
  try {
    return localStorage.getItem(IN_MEMORY) !== null;
  } catch {
    return false;
  }
}
