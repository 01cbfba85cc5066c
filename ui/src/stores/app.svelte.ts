/** The app as a whole: where the library lives, whether it can be reached, and the settings. */
import { ipc, type AiSettingsChange, type AppState, type Settings, type SettingsChange, type Unlisten } from '@/ipc';
import { keyWasInMemory, rememberKeyInMemory } from './ai-key';
import { sentence, toasts } from './toasts.svelte';
import { leavePlace } from './visit';

class App {
  private known = $state.raw<AppState>();
  settings = $state.raw<Settings>();
  /** Why the engine could not even be asked; everything else is beside the point then. */
  failure = $state<string>();

  /** Ends the listening of an earlier start. */
  private deaf: Unlisten[] = [];

  /** Undefined until the engine has answered. */
  get state(): AppState | undefined {
    return this.known;
  }

  /**
   * Whoever changed the place, this window or another process: nothing of the old one is held from here on. Also when another
   * catalogue took the place of the one that was open, in which pictures have other numbers.
   */
  set state(state: AppState | undefined) {
    const library = this.known?.library;
    this.known = state;
    ipc().showing(state?.library ?? '');
    if (library && library !== state?.library) leavePlace();
  }

  get signedOut(): boolean {
    return this.state?.connection.status === 'signed_out';
  }

  /** Whether there was a key for descriptions that was kept in memory only, until the app quit. */
  get aiKeyForgotten(): boolean {
    return this.settings?.ai.has_key === false && this.state?.secrets.kind !== 'locked' && keyWasInMemory();
  }

  /** Reads everything and follows its changes. */
  async start(): Promise<void> {
    const door = ipc();
    try {
      this.deaf.forEach((stop) => stop());
      // Listens first: what changes while the answers are on their way is newer than those.
      const heard = { state: false, settings: false };
      this.deaf = await Promise.all([
        door.onStateChanged((state) => {
          heard.state = true;
          this.state = state;
        }),
        door.onSettingsChanged((settings) => {
          heard.settings = true;
          this.settings = settings;
        }),
      ]);
      const [state, settings] = await Promise.all([door.appState(), door.settings()]);
      if (!heard.state) this.state = state;
      if (!heard.settings) this.settings = settings;
      this.failure = undefined;
      await door.watchNotices((notice) => toasts.show(notice.kind, notice.message));
    } catch (error) {
      this.failure = sentence(error);
    }
  }

  /** Changes settings, which shows at once; what the engine refuses is taken back and explained. */
  async change(change: SettingsChange): Promise<void> {
    const before = this.settings;
    if (before) this.settings = { ...before, ...change };
    try {
      this.settings = await ipc().changeSettings(change);
    } catch (error) {
      this.settings = before;
      toasts.error(error);
    }
  }

  /** Changes who describes pictures. Rejects with what the engine says, for the form to show. */
  async changeAi(change: AiSettingsChange): Promise<void> {
    const settings = await ipc().changeAi(change);
    if (change.key !== undefined) rememberKeyInMemory(change.key !== '' && this.state?.secrets.kind === 'memory_only');
    this.settings = settings;
    this.state = await ipc().appState();
  }
}

export const app = new App();
