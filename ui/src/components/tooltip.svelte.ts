/** Tooltips: one layer for the whole window, so that thousands of buttons cost nothing. */
import type { Attachment } from 'svelte/attachments';

/** How long the pointer rests before a tooltip shows, in ms. */
const REST_MS = 500;
/** For how long after one has gone the next shows at once, in ms. */
const WARM_MS = 300;

interface Shown {
  text: string;
  keys: string | undefined;
  /** Of the element that it explains. */
  rect: DOMRect;
}

class TooltipLayer {
  shown = $state.raw<Shown>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hiddenAt = 0;

  plan(element: Element, text: string, keys: string | undefined, at_once = false): void {
    clearTimeout(this.timer);
    const show = () => {
      if (element.isConnected) this.shown = { text, keys, rect: element.getBoundingClientRect() };
    };
    if (at_once || Date.now() - this.hiddenAt < WARM_MS) show();
    else this.timer = setTimeout(show, REST_MS);
  }

  hide(): void {
    clearTimeout(this.timer);
    if (this.shown) this.hiddenAt = Date.now();
    this.shown = undefined;
  }
}

export const tooltips = new TooltipLayer();

/** Whether some of an element's words are cut off, or not to be seen at all. */
function isCut(element: HTMLElement): boolean {
  const parts = [element, ...element.querySelectorAll<HTMLElement>('.truncate')];
  return parts.some((part) => part.matches('.truncate') && part.scrollWidth > part.clientWidth);
}

/** Shows the whole text of an element that is cut off (`truncate`), and nothing where it is to be seen. */
export function whole(text: string): Attachment<HTMLElement> {
  return tooltip(text, undefined, isCut);
}

/** Shows a tooltip for an element. The element needs a name of its own: screen readers don't get this one. */
export function tooltip(
  text: string,
  keys?: string,
  when: (element: HTMLElement) => boolean = () => true,
): Attachment<HTMLElement> {
  return (element) => {
    const enter = (event: PointerEvent) => {
      if (event.pointerType === 'mouse' && when(element)) tooltips.plan(element, text, keys);
    };
    const focus = () => {
      if (element.matches(':focus-visible') && when(element)) tooltips.plan(element, text, keys, true);
    };
    const hide = () => tooltips.hide();
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape') tooltips.hide();
    };
    element.addEventListener('pointerenter', enter);
    element.addEventListener('pointerleave', hide);
    element.addEventListener('pointerdown', hide);
    element.addEventListener('focus', focus);
    element.addEventListener('blur', hide);
    element.addEventListener('keydown', key);
    return () => {
      hide();
      element.removeEventListener('pointerenter', enter);
      element.removeEventListener('pointerleave', hide);
      element.removeEventListener('pointerdown', hide);
      element.removeEventListener('focus', focus);
      element.removeEventListener('blur', hide);
      element.removeEventListener('keydown', key);
    };
  };
}
