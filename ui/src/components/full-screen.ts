/** The window over the whole screen, and back. */
import { toasts } from '@/stores/toasts.svelte';

export async function toggleFullScreen(): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch (error) {
    toasts.error(error);
  }
}
