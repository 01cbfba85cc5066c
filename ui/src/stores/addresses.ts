/** Where pictures of the library that is open are got from. */
import { ipc } from '@/ipc';
import { app } from './app.svelte';

export const thumbnailUrl = (id: number): string => ipc().thumbnailUrl(app.state?.library ?? '', id);
export const previewUrl = (id: number): string => ipc().previewUrl(app.state?.library ?? '', id);
