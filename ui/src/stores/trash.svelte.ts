/** How long the trash is kept, and what is told of what lies in it. */
import { ipc, type Trash } from '@/ipc';
import { decodeLayout } from '@/layout/decode';
import { toasts } from './toasts.svelte';
import { stay, whenLeft } from './visit';

/** The library has changed: what was refused because a picture was in the trash is told no longer once it is restored. */
export async function tellNoLonger(): Promise<void> {
  const here = stay();
  for (const { id, inTrash } of toasts.list) {
    if (inTrash === undefined) continue;
    try {
      const { deleted_at } = await ipc().picture(inTrash);
      if (!here()) return;
      if (deleted_at === null) toasts.dismiss(id);
    } catch {
      // Deleted for good, here or on another device: there is nothing left to be restored.
      if (here()) toasts.dismiss(id);
    }
  }
}

/** Whether one of these pictures is in the trash: of any other, deleting can't be taken back or is already. */
export async function anyInTrash(ids: readonly number[]): Promise<boolean> {
  const lying = new Set(decodeLayout(await ipc().libraryLayout({ text: '', scope: 'trash', sort: 'deleted' })).ids);
  return ids.some((id) => lying.has(id));
}

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
