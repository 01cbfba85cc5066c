import type { Component } from 'svelte';
import type { LucideProps } from '@lucide/svelte';

/** Any icon of the one set that is used: Lucide, drawn with a stroke of 1.5 px. */
export type IconComponent = Component<LucideProps>;
