/**
 * The pictures of the viewer, on PhotoSwipe's core: zoom to the pointer, pan, swipe, neighbours preloaded, the thumbnail
 * first. PhotoSwipe's own buttons, keys and styles-by-string stay off; the viewer around it has its own.
 */
import PhotoSwipe, { type SlideData } from 'photoswipe';
import { mount, unmount } from 'svelte';
import { previewUrl, thumbnailUrl } from '@/stores/addresses';
import { library } from '@/stores/library.svelte';
import FormatTile from '@/components/grid/FormatTile.svelte';
import Thumb from '@/components/grid/Thumb.svelte';
import { motion } from '@/components/motion';
import type { ShownPage } from './pages.svelte';

/** How far a picture in full size is. */
export type SlideState = 'loading' | 'loaded' | 'failed';

export interface StageEvents {
  /** Another picture is shown. */
  onchange: (index: number) => void;
  /** Whether the picture is larger than the window shows. */
  onzoom: (zoomed: boolean) => void;
  /** The picture that is shown has arrived, or can't be shown in full. */
  onstate: (state: SlideState) => void;
  onclose: () => void;
  /** The page that is shown of a picture with several, once it was turned. */
  page: (id: number) => ShownPage | undefined;
}

/** Size of a picture whose size isn't known yet, in px: the layout's aspect ratio at this height. */
const ASSUMED_HEIGHT = 2_000;

export class Stage {
  private readonly swipe: PhotoSwipe;
  private readonly resized: ResizeObserver;
  private readonly tiles = new Map<HTMLElement, Record<string, unknown>>();
  /** Slides that were built before their rows had arrived. */
  private readonly guessed = new Set<number>();
  /** Pictures without a thumbnail that are on this computer by now: perhaps the window can show them all the same. */
  private readonly fetched = new Set<number>();
  private destroyed = false;

  constructor(
    private readonly holder: HTMLElement,
    private readonly ids: readonly number[],
    index: number,
    private readonly events: StageEvents,
  ) {
    const swipe = new PhotoSwipe({
      dataSource: [],
      index,
      appendToEl: holder,
      getViewportSizeFn: () => ({ x: holder.clientWidth, y: holder.clientHeight }),
      paddingFn: (size) =>
        size.x < 720 ? { top: 52, bottom: 16, left: 0, right: 0 } : { top: 60, bottom: 24, left: 24, right: 24 },
      showHideAnimationType: 'none',
      zoomAnimationDuration: motion(200) || false,
      bgOpacity: 1,
      loop: false,
      preload: [1, 2],
      wheelToZoom: true,
      imageClickAction: false,
      bgClickAction: false,
      tapAction: false,
      doubleTapAction: 'zoom',
      closeOnVerticalDrag: true,
      pinchToClose: false,
      escKey: false,
      arrowKeys: false,
      trapFocus: false,
      returnFocus: false,
      maxZoomLevel: 8,
      secondaryZoomLevel: (level) => Math.max(1, Math.min(8, level.fit * 2)),
      arrowPrev: false,
      arrowNext: false,
      zoom: false,
      close: false,
      counter: false,
    });
    this.swipe = swipe;
    swipe.addFilter('numItems', () => ids.length);
    swipe.addFilter('itemData', (_, at) => this.slide(at));
    swipe.addFilter('placeholderSrc', (_, content) => content.data.msrc ?? false);
    swipe.addFilter('useContentPlaceholder', (_, content) => content.data.type !== 'format');
    swipe.on('contentLoad', (event) => {
      const { content } = event;
      if (content.data.type !== 'format') return;
      event.preventDefault();
      content.element = this.formatTile(content.data);
      content.state = 'loaded';
    });
    // A picture that can't be shown in full, such as one that can't be fetched while offline: its thumbnail stands for it.
    swipe.addFilter('contentErrorElement', (_, content) => this.standIn(content.data));
    swipe.on('loadComplete', ({ content, isError }) => {
      // One that failed at once is "complete" for the browser, and loaded for PhotoSwipe.
      const { element } = content;
      if (!isError && element instanceof HTMLImageElement && element.naturalWidth === 0) {
        content.onError();
        return;
      }
      if (content.index === swipe.currIndex) events.onstate(this.state);
    });
    swipe.on('change', () => {
      events.onzoom(false);
      events.onchange(swipe.currIndex);
      events.onstate(this.state);
    });
    // At once, and not when it has come there.
    swipe.on('beforeZoomTo', ({ destZoomLevel }) => {
      const fit = swipe.currSlide?.zoomLevels.fit;
      if (fit !== undefined) events.onzoom(destZoomLevel > fit * 1.001);
    });
    swipe.on('zoomPanUpdate', ({ slide }) => {
      if (slide === swipe.currSlide) events.onzoom(slide.currZoomLevel > slide.zoomLevels.fit * 1.001);
    });
    // It would take arrow keys even where its own are switched off.
    swipe.on('keydown', (event) => event.preventDefault());
    swipe.on('close', () => {
      if (!this.destroyed) events.onclose();
    });
    swipe.init();
    // The viewer around it is the dialog.
    swipe.element?.removeAttribute('role');
    swipe.element?.removeAttribute('tabindex');

    holder.addEventListener('dblclick', this.doubleClick);
    this.resized = new ResizeObserver(() => swipe.updateSize(true));
    this.resized.observe(holder);
  }

  /** How far the picture is that is shown. */
  get state(): SlideState {
    const content = this.swipe.currSlide?.content;
    // That there is nothing but its format to be seen has a reason, which is asked for.
    if (content?.isError() || content?.data.type === 'format') return 'failed';
    return content?.state === 'loaded' ? 'loaded' : 'loading';
  }

  /** Loads the picture anew that is shown. */
  reload(): void {
    this.fetched.add(this.ids[this.swipe.currIndex] ?? 0);
    this.swipe.refreshSlideContent(this.swipe.currIndex);
  }

  /** Draws a picture anew whose page is another one. */
  turn(id: number): void {
    this.swipe.refreshSlideContent(this.ids.indexOf(id));
  }

  private standIn(data: SlideData): HTMLElement {
    const id = Number(data['id']);
    const row = library.row(id);
    if (!row?.has_thumbnail) return this.formatTile(data);
    const element = document.createElement('div');
    element.className = 'stand-in';
    this.tiles.set(element, mount(Thumb, { target: element, props: { picture: row, contain: true } }));
    return element;
  }

  private formatTile(data: SlideData): HTMLDivElement {
    const element = document.createElement('div');
    element.className = 'format-slide';
    const props = { format: String(data['format']), name: String(data['name']), large: true };
    this.tiles.set(element, mount(FormatTile, { target: element, props }));
    return element;
  }

  private slide(index: number): SlideData {
    const id = this.ids[index] ?? 0;
    const row = library.row(id);
    if (!row) {
      this.guessed.add(index);
      const aspect = library.layout.aspects[library.indexOf(id)] ?? 1.5;
      return {
        id,
        src: previewUrl(id),
        msrc: thumbnailUrl(id),
        width: ASSUMED_HEIGHT * aspect,
        height: ASSUMED_HEIGHT,
        alt: '',
        format: '',
        name: '',
      };
    }
    const { format, name } = row;
    if (!row.has_thumbnail && !this.fetched.has(id))
      return { type: 'format', id, format, name, alt: row.name, width: 300, height: 220 };
    const page = this.events.page(id);
    if (page) return { id, src: page.src, width: page.width, height: page.height, alt: row.alt, format, name };
    return {
      id,
      src: previewUrl(id),
      ...(row.has_thumbnail ? { msrc: thumbnailUrl(id) } : {}),
      width: row.width ?? ASSUMED_HEIGHT * 1.5,
      height: row.height ?? ASSUMED_HEIGHT,
      alt: row.alt,
      format,
      name,
    };
  }

  /** Builds slides anew whose rows have arrived since. */
  refresh(): void {
    for (const index of [...this.guessed]) {
      if (!library.row(this.ids[index] ?? 0)) continue;
      this.guessed.delete(index);
      this.swipe.refreshSlideContent(index);
    }
  }

  next(): void {
    this.swipe.next();
  }

  previous(): void {
    this.swipe.prev();
  }

  go(index: number): void {
    this.swipe.goTo(index);
  }

  fit(): void {
    const slide = this.swipe.currSlide;
    slide?.zoomTo(slide.zoomLevels.fit, undefined, motion(200));
  }

  /** One pixel of the picture for one of the window. */
  actualSize(): void {
    const slide = this.swipe.currSlide;
    slide?.zoomTo(Math.max(1, slide.zoomLevels.secondary), undefined, motion(200));
  }

  zoomBy(factor: number): void {
    const slide = this.swipe.currSlide;
    if (!slide) return;
    const level = Math.min(slide.zoomLevels.max, Math.max(slide.zoomLevels.fit, slide.currZoomLevel * factor));
    slide.zoomTo(level, undefined, motion(120));
  }

  /** Moves a picture that is larger than the window, by so many px. */
  pan(x: number, y: number): void {
    const slide = this.swipe.currSlide;
    if (!slide?.isPannable()) return;
    this.swipe.animations.stopAllPan();
    slide.panTo(slide.pan.x + x, slide.pan.y + y);
  }

  /** Enlarges about a point of the window, at once. */
  pinch(factor: number, at: { x: number; y: number }): void {
    const slide = this.swipe.currSlide;
    slide?.zoomTo(slide.currZoomLevel * factor, at);
  }

  private readonly doubleClick = (event: MouseEvent): void => {
    // Touch has PhotoSwipe's own double tap.
    if (window.matchMedia?.('(pointer: coarse)').matches) return;
    this.swipe.currSlide?.toggleZoom({ x: event.pageX, y: event.pageY });
  };

  destroy(): void {
    this.destroyed = true;
    this.resized.disconnect();
    this.holder.removeEventListener('dblclick', this.doubleClick);
    for (const tile of this.tiles.values()) void unmount(tile);
    this.swipe.destroy();
  }
}
