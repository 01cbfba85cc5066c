/** The cameras that took the library's pictures, by name. */
import { ipc, type CameraRow } from '@/ipc';
import { Facet } from './facet.svelte';

export const cameras = new Facet<CameraRow>(() => ipc().cameras());
