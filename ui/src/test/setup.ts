import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/svelte';
import { beforeEach, vi } from 'vitest';
import { toasts } from '@/stores/toasts.svelte';

// What jsdom lacks of a browser. Sizes are those of a window of 1,280 × 800; nothing moves, so nothing has to be waited for.

window.matchMedia = (query: string) =>
  ({
    matches: query.includes('reduced-motion'),
    media: query,
    addEventListener() {},
    removeEventListener() {},
  }) as unknown as MediaQueryList;

window.ResizeObserver = class {
  constructor(private readonly callback: ResizeObserverCallback) {}
  observe(target: Element) {
    const size = [{ inlineSize: target.clientWidth, blockSize: target.clientHeight }];
    this.callback(
      [
        {
          target,
          contentRect: target.getBoundingClientRect(),
          borderBoxSize: size,
          contentBoxSize: size,
          devicePixelContentBoxSize: size,
        },
      ] as unknown as ResizeObserverEntry[],
      this,
    );
  }
  unobserve() {}
  disconnect() {}
};

Object.defineProperties(HTMLElement.prototype, {
  clientWidth: { configurable: true, get: () => 1000 },
  clientHeight: { configurable: true, get: () => 700 },
});
Element.prototype.scrollIntoView = () => {};
document.execCommand = () => false;
HTMLCanvasElement.prototype.getContext = (() => null) as typeof HTMLCanvasElement.prototype.getContext;

// What is waited for comes about at once, or a second later on a machine that is busy with something else.
const PATIENCE = { timeout: 15_000 };
configure({ asyncUtilTimeout: PATIENCE.timeout });
const waitFor = vi.waitFor;
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === 'number' ? options : { ...PATIENCE, ...options });

beforeEach(() => {
  toasts.clear();
  localStorage.clear();
});
