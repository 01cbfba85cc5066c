/** Commands about pictures that are shown large. */
import Columns from '@lucide/svelte/icons/columns-2';
import Film from '@lucide/svelte/icons/gallery-thumbnails';
import Maximize from '@lucide/svelte/icons/maximize';
import Play from '@lucide/svelte/icons/play';
import Scan from '@lucide/svelte/icons/scan-search';
import Square from '@lucide/svelte/icons/square';
import Timer from '@lucide/svelte/icons/timer';
import ZoomIn from '@lucide/svelte/icons/zoom-in';
import ZoomOut from '@lucide/svelte/icons/zoom-out';
import { m } from '@/paraglide/messages';
import { number } from '@/text/format';
import type { Command } from './commands';
import { library } from './library.svelte';
import { canCompare, compare } from './comparing';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';
import { intervals, viewing } from './viewing.svelte';

/** A step of zooming by key. */
const STEP = 1.5;

export function viewerCommands(): Command[] {
  const large = () => viewing.zooming !== undefined;
  return [
    {
      id: 'compare',
      group: 'pictures',
      title: m.compare(),
      icon: Columns,
      keys: 'C',
      when: () => screen.viewing === undefined && !library.inTrash && canCompare(selection.ids),
      run: () => compare(selection.ordered),
    },
    {
      id: 'filmstrip',
      group: 'viewer',
      title: m.filmstrip(),
      icon: Film,
      keys: 'T',
      when: () => screen.viewing !== undefined,
      run: () => (viewing.filmstrip = !viewing.filmstrip),
    },
    {
      id: 'slideshow',
      group: 'viewer',
      title: viewing.playing ? m.slideshow_stop() : m.slideshow(),
      icon: viewing.playing ? Square : Play,
      keys: 'S',
      when: () => viewing.playing || viewing.playable,
      run: () => viewing.toggleSlideshow(),
    },
    ...intervals.map((seconds): Command => ({
      id: `slideshow-${seconds}`,
      group: 'viewer',
      title: m.slideshow_every({ n: number(seconds) }),
      icon: Timer,
      when: () => viewing.playing && viewing.seconds !== seconds,
      run: () => (viewing.seconds = seconds),
    })),
    {
      id: 'zoom-in',
      group: 'viewer',
      title: m.zoom_in(),
      icon: ZoomIn,
      keys: '+',
      alsoKeys: '=',
      when: large,
      run: () => viewing.zooming?.by(STEP),
    },
    {
      id: 'zoom-out',
      group: 'viewer',
      title: m.zoom_out(),
      icon: ZoomOut,
      keys: '-',
      when: large,
      run: () => viewing.zooming?.by(1 / STEP),
    },
    {
      id: 'zoom-toggle',
      group: 'viewer',
      title: m.zoom_toggle(),
      icon: Scan,
      keys: 'Z',
      when: large,
      run: () => viewing.zooming?.toggle(),
    },
    {
      id: 'zoom-fit',
      group: 'viewer',
      title: m.zoom_fit(),
      icon: Maximize,
      keys: 'Mod+0',
      when: large,
      run: () => viewing.zooming?.fit(),
    },
    {
      id: 'zoom-actual',
      group: 'viewer',
      title: m.zoom_actual(),
      icon: Scan,
      keys: 'Mod+1',
      when: large,
      run: () => viewing.zooming?.actual(),
    },
  ];
}
