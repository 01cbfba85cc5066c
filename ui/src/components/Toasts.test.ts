import { fireEvent, render, screen as page, within } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ERROR_MS, UNDO_MS, toasts } from '@/stores/toasts.svelte';
import Toasts from './Toasts.svelte';

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.useFakeTimers();
  render(Toasts);
});
afterEach(() => vi.useRealTimers());

const said = () => toasts.list.map((toast) => toast.message);
const find = (message: string) => page.getByText(message).closest('[data-testid=toast]') as HTMLElement;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Offers to undo something, and is shown. */
async function offer(message: string): Promise<HTMLElement> {
  toasts.undoable(
    message,
    () => undefined,
    () => true,
  );
  await pass(0);
  return find(message);
}

/** The pointer goes there on the screen, over this. */
async function point(to: Element, screenX: number, screenY: number) {
  await fireEvent(to, new MouseEvent('pointermove', { bubbles: true, screenX, screenY }));
}

it('ends by itself, though another message was sent away from under the pointer and the keyboard', async () => {
  const other = await offer('Moved to the album.');
  await offer('Moved to the trash.');
  await point(document.body, 10, 10);
  await point(other, 700, 500);
  const dismiss = within(other).getByRole('button', { name: 'Dismiss' });
  dismiss.focus();
  await pass(UNDO_MS);
  expect(said(), 'they wait while one of them is read').toEqual(['Moved to the album.', 'Moved to the trash.']);
  await fireEvent.click(dismiss);
  await pass(UNDO_MS);
  expect(said()).toEqual([]);
});

it('ends by itself when it appears where the pointer is at rest', async () => {
  await point(document.body, 700, 500);
  const toast = await offer('Moved to the trash.');
  // What moves is the page, under it.
  await point(toast, 700, 500);
  await pass(UNDO_MS);
  expect(said()).toEqual([]);
});

it('waits while the pointer or the keyboard is in it', async () => {
  const toast = await offer('Moved to the trash.');
  await point(document.body, 10, 10);
  await point(toast, 700, 500);
  await pass(2 * UNDO_MS);
  within(toast).getByTestId('undo').focus();
  await fireEvent.pointerLeave(toast);
  await pass(2 * UNDO_MS);
  expect(said()).toEqual(['Moved to the trash.']);
  within(toast).getByTestId('undo').blur();
  await pass(UNDO_MS);
  expect(said()).toEqual([]);
});

it('keeps what went wrong until the window is looked at again', async () => {
  toasts.inFront(false);
  toasts.error({ message: 'The disk is full.' });
  toasts.show('success', 'Link copied.');
  await pass(10 * ERROR_MS);
  expect(said()).toEqual(['The disk is full.']);
  toasts.inFront(true);
  await pass(ERROR_MS - 1);
  expect(said()).toEqual(['The disk is full.']);
  await pass(1);
  expect(said()).toEqual([]);
});

it('lets what went well make room for what went wrong', () => {
  toasts.error({ message: 'The disk is full.' });
  for (const name of ['a', 'b', 'c']) toasts.show('info', name);
  expect(said()).toEqual(['The disk is full.', 'b', 'c']);
});
