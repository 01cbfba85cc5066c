/** The app as a whole: where the library lives, whether it can be reached, and the settings. */
import { ipc, type AiSettingsChange, type AppState, type Settings, type SettingsChange } from '@/ipc';
import { keyWasInMemory, rememberKeyInMemory } from './ai-key';
import { sentence, toasts } from './toasts.svelte';
import { leavePlace } from './visit';

class App {
  private known = $state.raw<AppState>();
  settings = $state.raw<Settings>();
  /** Why the engine could not even be asked; everything else is beside the point then. */
  failure = $state<string>();

  /** Undefined until the engine has answered. */
  get state(): AppState | undefined {
    return this.known;
  }

  /** Whoever changed the place, this window or another process: nothing of the old one is held from here on. */
  set state(state: AppState | undefined) {
    const place = this.known?.place?.id;
    this.known = state;
    if (place !== undefined && place !== state?.place?.id) leavePlace();
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
      [this.state, this.settings] = await Promise.all([door.appState(), door.settings()]);
      this.failure = undefined;
    } catch (error) {
      this.failure = sentence(error);
      return;
    }
    await Promise.all([
      door.onStateChanged((state) => (this.state = state)),
      door.onSettingsChanged((settings) => (this.settings = settings)),
      door.onNotice((notice) => toasts.show(notice.kind, notice.message)),
    ]);
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
