import { mount } from 'svelte';
import App from './App.svelte';
import { insideWindow, useIpc, type Ipc } from './ipc';
import { setLocale } from './paraglide/runtime';
import './styles/tokens.css';
import './styles/base.css';
import './styles/scrolling.css';
import './styles/floating.css';

/** The engine behind the window; in a browser, during development, a stand-in for it. */
async function door(): Promise<Ipc> {
  if (__FAKE_IPC__ && !insideWindow()) {
    const { browserFake } = await import('./ipc/fake-browser');
    return browserFake();
  }
  return (await import('./ipc/tauri')).tauriIpc;
}

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

void setLocale('en', { reload: false });
useIpc(await door());
mount(App, { target });
