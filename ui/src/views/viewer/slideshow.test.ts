import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import { library } from '@/stores/library.svelte';
import { screen } from '@/stores/screen.svelte';
import { viewing } from '@/stores/viewing.svelte';
import { prepare } from '@/test/start';
import { PATIENCE } from './slideshow.svelte';

let visibility: DocumentVisibilityState = 'visible';

function show(state: DocumentVisibilityState) {
  visibility = state;
  document.dispatchEvent(new Event('visibilitychange'));
}

beforeEach(async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  visibility = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
  prepare();
  render(App);
  await page.findAllByTestId('tile');
});

afterEach(() => {
  vi.useRealTimers();
  viewing.filmstrip = false;
});

const user = () => userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
// The test's window loads no picture: each is waited for as long as that is done at most.
const turn = () => vi.advanceTimersByTimeAsync(PATIENCE * 1_000);

it('goes on by itself, from the last picture to the first, and stops by a key', async () => {
  screen.viewing = library.idAt(38);
  await page.findByTestId('viewer');
  await user().keyboard('s');
  await turn();
  expect(screen.viewing).toBe(library.idAt(39));
  await turn();
  expect(screen.viewing).toBe(library.idAt(0));
  await user().keyboard('{Escape}');
  expect(viewing.playing).toBe(false);
  await turn();
  expect(screen.viewing).toBe(library.idAt(0));
});

it('begins in the library, and waits while nobody can see it', async () => {
  page.getByTestId('grid').focus();
  await user().keyboard('s');
  await page.findByTestId('viewer');
  expect(screen.viewing).toBe(library.idAt(0));
  show('hidden');
  await turn();
  await turn();
  expect(screen.viewing).toBe(library.idAt(0));
  show('visible');
  await turn();
  expect(screen.viewing).toBe(library.idAt(1));
});

it('shows the neighbours when asked, remembers that, and goes to the one that is clicked', async () => {
  screen.viewing = library.idAt(3);
  await page.findByTestId('viewer');
  expect(page.queryByTestId('filmstrip')).toBeNull();
  await user().keyboard('t');
  const strip = await page.findByTestId('filmstrip');
  expect(localStorage.getItem('filmstrip')).toBe('true');
  const buttons = [...strip.querySelectorAll('button')];
  expect(buttons[3]).toHaveAttribute('aria-current', 'true');
  await user().click(buttons[5] as HTMLElement);
  await waitFor(() => expect(screen.viewing).toBe(library.idAt(5)));
});
