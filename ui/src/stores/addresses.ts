/** Where pictures of the library that is open are got from. */
import { ipc } from '@/ipc';
import { app } from './app.svelte';

const library = (): string => app.state?.library ?? '';

export const thumbnailUrl = (id: number, sharp?: boolean): string => ipc().thumbnailUrl(library(), id, sharp);
export const previewUrl = (id: number, page?: number): string => ipc().previewUrl(library(), id, page);
