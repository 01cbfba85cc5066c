/** Commands about how near the library is looked at, and what its tiles say. */
import CalendarCheck from '@lucide/svelte/icons/calendar-check';
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import LayoutGrid from '@lucide/svelte/icons/layout-grid';
import Star from '@lucide/svelte/icons/star';
import Type from '@lucide/svelte/icons/type';
import ZoomIn from '@lucide/svelte/icons/zoom-in';
import ZoomOut from '@lucide/svelte/icons/zoom-out';
import type { MenuEntry } from '@/components/menu';
import { m } from '@/paraglide/messages';
import type { Command } from './commands';
import { library } from './library.svelte';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';
import { selectPeriod, zoom, type Step } from './zoom.svelte';

function titles(): Record<Step, string> {
  return {
    years: m.zoom_years(),
    months: m.zoom_months(),
    days: m.zoom_days(),
    small: m.size_command({ size: m.size_small() }),
    medium: m.size_command({ size: m.size_medium() }),
    large: m.size_command({ size: m.size_large() }),
  };
}

/** Those that make sense in the order that is shown. */
function offered(): Step[] {
  const sizes: Step[] = ['small', 'medium', 'large'];
  return zoom.grouped ? ['years', 'months', 'days', ...sizes] : sizes;
}

/** The menu of how the library is shown. */
export function viewMenu(): MenuEntry[] {
  const all = titles();
  return [
    ...offered().map((step): MenuEntry => ({
      kind: 'item',
      label: all[step],
      checked: zoom.step === step,
      testid: `view-${step}`,
      run: () => zoom.go(step),
    })),
    { kind: 'separator' },
    {
      kind: 'item',
      label: m.view_names(),
      keys: 'N',
      checked: zoom.names,
      alone: true,
      testid: 'view-names',
      run: () => (zoom.names = !zoom.names),
    },
    {
      kind: 'item',
      label: m.view_ratings(),
      keys: 'Shift+N',
      checked: zoom.stars,
      alone: true,
      testid: 'view-ratings',
      run: () => (zoom.stars = !zoom.stars),
    },
  ];
}

export function viewCommands(): Command[] {
  const small = () => !screen.large;
  const at = () => (selection.cursor === undefined ? -1 : library.indexOf(selection.cursor));
  const all = titles();
  return [
    {
      id: 'view-in',
      group: 'view',
      title: m.zoom_library_in(),
      icon: ZoomIn,
      keys: '+',
      alsoKeys: '=',
      when: () => small() && zoom.can(1),
      run: () => zoom.by(1),
    },
    {
      id: 'view-out',
      group: 'view',
      title: m.zoom_library_out(),
      icon: ZoomOut,
      keys: '-',
      when: () => small() && zoom.can(-1),
      run: () => zoom.by(-1),
    },
    ...offered().map((step): Command => ({
      id: `view-${step}`,
      group: 'view',
      title: all[step],
      icon: ['years', 'months', 'days'].includes(step) ? CalendarDays : LayoutGrid,
      when: () => small() && zoom.step !== step,
      run: () => zoom.go(step),
    })),
    {
      id: 'select-period',
      group: 'pictures',
      title: zoom.period === 'day' ? m.select_day() : m.select_month(),
      icon: CalendarCheck,
      keys: 'Mod+Shift+A',
      when: () => small() && zoom.grouped && zoom.overview === undefined && at() >= 0,
      run: () => selectPeriod(at()),
    },
    {
      id: 'view-names',
      group: 'view',
      title: zoom.names ? m.view_names_hide() : m.view_names_show(),
      icon: Type,
      keys: 'N',
      when: small,
      run: () => (zoom.names = !zoom.names),
    },
    {
      id: 'view-ratings',
      group: 'view',
      title: zoom.stars ? m.view_ratings_hide() : m.view_ratings_show(),
      icon: Star,
      keys: 'Shift+N',
      when: small,
      run: () => (zoom.stars = !zoom.stars),
    },
  ];
}
