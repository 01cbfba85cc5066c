/** The filters that can be clicked together: what each is called, and what it offers. */
import { m } from '@/paraglide/messages';
import { albums } from '@/stores/albums.svelte';
import { cameras } from '@/stores/cameras.svelte';
import { filtering } from '@/stores/filtering.svelte';
import { tags } from '@/stores/tags.svelte';
import { number } from '@/text/format';
import { searchFields } from '@/text/search';
import type { MenuEntry } from '../menu';

/** As many tags or cameras are offered; the others can be typed. */
const MOST = 40;

export interface Chip {
  field: string;
  label: string;
  /** As it is said while it is in use; undefined while it isn't. */
  chosen: string | undefined;
  entries: MenuEntry[];
  clear: () => void;
}

/** One of some values. */
function choice(field: string, label: string, options: { value: string; label: string }[]): Chip {
  const [value] = filtering.values(field);
  return {
    field,
    label,
    chosen: value && (options.find((option) => option.value === value)?.label ?? value),
    entries: options.map((option) => ({
      kind: 'item',
      label: option.label,
      checked: option.value === value,
      testid: `filter-${field}-${option.value}`,
      run: () => filtering.set(field, option.value === value ? undefined : option.value),
    })),
    clear: () => filtering.set(field, undefined),
  };
}

/** Several of some names. */
function several(field: string, label: string, options: { name: string; count: number }[]): Chip {
  const chosen = filtering.values(field);
  return {
    field,
    label,
    chosen: chosen.length > 0 ? chosen.join(', ') : undefined,
    entries: options.map(({ name, count }) => ({
      kind: 'item',
      label: name,
      detail: number(count),
      checked: chosen.includes(name),
      alone: true,
      testid: `filter-${field}-value`,
      run: () => filtering.toggleValue(field, name),
    })),
    clear: () => filtering.set(field, undefined),
  };
}

/** Those with a menu. What there is none of can't be chosen. */
export function chips(): Chip[] {
  const formats = searchFields().type?.values ?? [];
  const stars = [5, 4, 3, 2, 1].map((stars) => ({
    value: `>=${stars}`,
    label: stars === 5 ? m.rating_give({ stars }) : m.filter_stars({ count: stars, n: number(stars) }),
  }));
  return [
    choice(
      'type',
      m.filter_format(),
      formats.map(({ value }) => ({ value, label: value.toUpperCase() })),
    ),
    choice('rating', m.rating(), [...stars, { value: '0', label: m.rating_none() }]),
    several(
      'tag',
      m.tags(),
      tags.most(MOST).map(({ tag, pictures }) => ({ name: tag, count: pictures })),
    ),
    several(
      'album',
      m.albums(),
      albums.list.map(({ name, pictures }) => ({ name, count: pictures })),
    ),
    choice(
      'camera',
      m.fact_camera(),
      cameras.most(MOST).map(({ camera }) => ({ value: camera, label: camera })),
    ),
    choice('by', m.filter_by(), [
      { value: 'person', label: m.by_person() },
      { value: 'model', label: m.by_model() },
    ]),
  ].filter(({ entries, chosen }) => entries.length > 0 || chosen !== undefined);
}

/** Those that are there or not. */
export function marks(): { value: string; label: string }[] {
  return [
    { value: 'favourite', label: m.favourites() },
    { value: 'undescribed', label: m.undescribed() },
    { value: 'damaged', label: m.filter_damaged() },
  ];
}
