/** How long the trash is kept. */
import { ipc, type Trash } from '@/ipc';
import { toasts } from './toasts.svelte';
import { stay, whenLeft } from './visit';

class TrashRule {
  /** Undefined until it has been asked for. */
  info = $state.raw<Trash>();

  async load(): Promise<void> {
    const here = stay();
    try {
      const info = await ipc().trash();
      if (here()) this.info = info;
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

whenLeft(() => (trash.info = undefined));
