import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { showTheme } from './theme';

const root = document.documentElement;

/** What the page runs first, before there is anything to be seen. */
function begin() {
  delete root.dataset['theme'];
  new Function(readFileSync('public/theme.js', 'utf8'))();
}

it('begins as light or dark as it was at the last time, before the settings are known', () => {
  begin();
  expect(root.dataset['theme']).toBeUndefined();
  showTheme('dark');
  expect(root.dataset['theme']).toBe('dark');
  begin();
  expect(root.dataset['theme']).toBe('dark');
  showTheme('system');
  begin();
  expect(root.dataset['theme']).toBeUndefined();
});
