/** Light or dark, as the settings say; remembered for the next start, where `public/theme.js` sets it before the first paint. */
import type { Theme } from '@/ipc';
import { note } from './storage';

const THEME = 'theme';

export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  note(THEME, theme);
}
