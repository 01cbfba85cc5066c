/** One picture in full, kept up to date with the library. */
import { untrack } from 'svelte';
import { ipc, type PictureDetail } from '@/ipc';
import { library } from './library.svelte';
import { toasts } from './toasts.svelte';
import { stay } from './visit';

/** Those that are shown. */
const shown = new Set<Detail>();

/** Shows what an edit gave back wherever that picture is shown. */
export function edited(picture: PictureDetail): void {
  for (const detail of shown) detail.put(picture);
}

export class Detail {
  picture = $state.raw<PictureDetail>();
  private wanted: number | undefined;
  /** Counts edits that were taken over: an answer that was asked for before one of them is old. */
  private edits = 0;

  /** Follows the picture that `id` names. Call while a component is set up. */
  constructor(id: () => number | undefined) {
    $effect(() => {
      const next = id();
      void library.revision;
      untrack(() => void this.load(next));
    });
    $effect(() => {
      shown.add(this);
      return () => shown.delete(this);
    });
  }

  /** Takes over what an edit gave back, if it still is the picture that is shown. */
  put(picture: PictureDetail): void {
    // In another place the same number is another picture.
    const other = this.picture !== undefined && this.picture.image_id !== picture.image_id;
    if (picture.id !== this.wanted || other) return;
    this.edits++;
    this.picture = picture;
  }

  private async load(id: number | undefined): Promise<void> {
    this.wanted = id;
    if (this.picture?.id !== id) this.picture = undefined;
    if (id === undefined) return;
    const edits = this.edits;
    const here = stay();
    try {
      const picture = await ipc().picture(id);
      if (this.wanted !== id || !here()) return;
      if (this.edits === edits) this.picture = picture;
      else await this.load(id);
    } catch (error) {
      // Deleted for good, here or on another device, between the two questions: the layout will say so.
      if ((error as { code?: string }).code !== 'not_found') toasts.error(error);
    }
  }
}
