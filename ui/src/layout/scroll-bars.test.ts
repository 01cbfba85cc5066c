import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { render, screen as page } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import App from '@/App.svelte';
import { prepare } from '@/test/start';
import { placeScrollBars } from './scroll-bars';

const agents = {
  WebKitGTK: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15',
  macOS: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
  WebView2:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36',
  Chromium: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36',
};

const root = document.documentElement;
const source = (path: string) => readFileSync(join('src', path), 'utf8');

afterEach(() => {
  delete root.dataset['scrollBars'];
});

it('draws scroll bars by itself where they would lie over what can be pressed, and nowhere else', () => {
  const own = Object.entries(agents).filter(([, agent]) => {
    placeScrollBars(agent);
    return root.dataset['scrollBars'] === 'own';
  });
  expect(own.map(([name]) => name)).toEqual(['WebKitGTK']);
});

it('does so from the start', async () => {
  vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(agents.WebKitGTK);
  prepare();
  render(App);
  expect(root.dataset['scrollBars']).toBe('own');
  await page.findAllByTestId('tile');
});

describe('the styles of scroll bars', () => {
  it('give them room of their own, beside what they scroll', () => {
    const rule = /\[data-scroll-bars='own'\]\) ::-webkit-scrollbar \{([^}]*)\}/.exec(source('styles/scrolling.css'));
    expect(rule?.[1]).toMatch(/\bwidth: var\(--scroll-bar\)/);
    expect(source('styles/tokens.css')).toMatch(/--scroll-bar: \d+px/);
    expect(source('main.ts')).toContain("import './styles/scrolling.css'");
  });

  // A width or a colour in a component would bring back bars that lie over its buttons, there and in all that is in it.
  it('stand in one file, but for what has no bar', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.(svelte|css)$/.test(path),
    );
    expect(files.length).toBeGreaterThan(100);
    const others = files
      .filter((path) => !path.endsWith('scrolling.css'))
      .flatMap((path) =>
        [...source(path).matchAll(/scrollbar-(?:width|color):(?! none)[^;]+/g)].map(([found]) => `${path}: ${found}`),
      );
    expect(others).toEqual([]);
  });
});
