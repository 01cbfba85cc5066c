/** The tags of the library, by name. */
import { ipc, type TagRow } from '@/ipc';
import { Facet } from './facet.svelte';

export const tags = new Facet<TagRow>(() => ipc().tags());
