import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { discarded } from './garbage';

const webkit = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15';
const chromium = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells an engine that does not see it, once for many elements and not at once', () => {
  const give = vi.fn();
  for (let dialog = 0; dialog < 25; dialog += 1) discarded(100, webkit, give);
  expect(give).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(give).toHaveBeenCalledTimes(1);
  expect(give.mock.calls[0]?.[0]).toBeGreaterThan(1 << 20);
});

it('leaves engines alone that count elements themselves', () => {
  const give = vi.fn();
  discarded(1_000_000, chromium, give);
  vi.runAllTimers();
  expect(give).not.toHaveBeenCalled();
});
