/** One picture in full, kept up to date with the library. */
import { untrack } from 'svelte';
import { ipc, type PictureDetail } from '@/ipc';
import { library } from './library.svelte';
import { toasts } from './toasts.svelte';

export class Detail {
  picture = $state.raw<PictureDetail>();
  private wanted: number | undefined;

  /** Follows the picture that `id` names. Call while a component is set up. */
  constructor(id: () => number | undefined) {
    $effect(() => {
      const next = id();
      void library.revision;
      untrack(() => void this.load(next));
    });
  }

  /** Takes over what an edit gave back, if it still is the picture that is shown. */
  put(picture: PictureDetail): void {
    if (picture.id === this.wanted) this.picture = picture;
  }

  private async load(id: number | undefined): Promise<void> {
    this.wanted = id;
    if (this.picture?.id !== id) this.picture = undefined;
    if (id === undefined) return;
    try {
      const picture = await ipc().picture(id);
      if (this.wanted === id) this.picture = picture;
    } catch (error) {
      // Deleted for good, here or on another device, between the two questions: the layout will say so.
      if ((error as { code?: string }).code !== 'not_found') toasts.error(error);
    }
  }
}
