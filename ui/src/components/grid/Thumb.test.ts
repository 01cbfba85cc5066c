import { fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { prepare } from '@/test/start';
import Thumb from './Thumb.svelte';

const picture = { id: 7, name: 'a.jpg', format: 'jpeg', thumbhash: null, has_thumbnail: true };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(private readonly changed: () => void) {}
      observe = () => this.changed();
      disconnect = () => undefined;
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The address of a thumbnail of 512 × 384 pixels, a while after it has come, in a tile that is so wide. */
async function address(width: number, ratio: number, defer = false, fails = false): Promise<string> {
  const fake = prepare();
  fake.thumbnailUrl = (_, id, sharp = false) => `http://localhost/t/${id}${sharp ? '?scale=2' : ''}`;
  vi.stubGlobal('devicePixelRatio', ratio);
  vi.spyOn(HTMLImageElement.prototype, 'clientWidth', 'get').mockReturnValue(width);
  vi.spyOn(HTMLImageElement.prototype, 'clientHeight', 'get').mockReturnValue((width * 3) / 4);
  vi.spyOn(HTMLImageElement.prototype, 'naturalWidth', 'get').mockReturnValue(512);
  vi.spyOn(HTMLImageElement.prototype, 'naturalHeight', 'get').mockReturnValue(384);
  const { container } = render(Thumb, { picture, defer });
  const image = container.querySelector('img');
  if (!image) return '';
  await fireEvent.load(image);
  await vi.advanceTimersByTimeAsync(1_000);
  if (fails) {
    await fireEvent.error(image);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  vi.restoreAllMocks();
  return image.src;
}

it('asks for a sharper thumbnail where the screen has more pixels', async () => {
  expect(await address(400, 2)).toBe('http://localhost/t/7?scale=2');
});

it('leaves it at the usual one where that is sharp, and while pictures rush past', async () => {
  expect(await address(400, 1)).toBe('http://localhost/t/7');
  expect(await address(200, 2)).toBe('http://localhost/t/7');
  expect(await address(400, 2, true)).toBe('');
});

it('stays at the usual one when there is no sharper one to be had', async () => {
  expect(await address(400, 2, false, true)).toBe('http://localhost/t/7');
});

it('takes its placeholder away once it has faded in, for what is transparent', async () => {
  prepare();
  vi.spyOn(window, 'matchMedia').mockReturnValue({ matches: false } as MediaQueryList);
  const { container } = render(Thumb, { picture: { ...picture, thumbhash: '3OcRJYB4d3h/iIeHeEh3eIhw+j2w' } });
  const image = container.querySelector('img') as HTMLImageElement;
  await vi.advanceTimersByTimeAsync(500);
  await fireEvent.load(image);
  expect(container.querySelector('canvas')).not.toBeNull();
  await fireEvent.transitionEnd(image);
  expect(container.querySelector('canvas')).toBeNull();
});
