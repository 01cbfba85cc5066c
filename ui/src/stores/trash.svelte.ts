/** How long the trash is kept. */
import { ipc, type Trash } from '@/ipc';
import { toasts } from './toasts.svelte';

class TrashRule {
  /** Undefined until it has been asked for. */
  info = $state.raw<Trash>();

  async load(): Promise<void> {
    try {
      this.info = await ipc().trash();
    } catch (error) {
      toasts.error(error);
    }
  }

  /** Says so many days from now on; null for until the person empties it. Rejects with what the engine says. */
  async keep(days: number | null): Promise<void> {
    this.info = await ipc().keepTrash(days);
  }
}

export const trash = new TrashRule();
