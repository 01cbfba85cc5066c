/** Whether the key for descriptions is kept in memory only. The next start knows of it, so as to ask for that key again. */
import { note, noted } from './storage';

const IN_MEMORY = 'ai-key in memory';

export function rememberKeyInMemory(inMemory: boolean): void {
  note(IN_MEMORY, inMemory ? 'true' : undefined);
}

export function keyWasInMemory(): boolean {
  return noted(IN_MEMORY) !== undefined;
}
