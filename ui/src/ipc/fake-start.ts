/** How a stand-in starts: with which place, state and settings. */
import type { AiSettings, AiSettingsChange, AppState, Place, Settings } from './index';

/** How a stand-in starts. */
export interface FakeOptions {
  /** Pictures in the library. */
  pictures?: number;
  /** Whether a place has been chosen; without one, the window welcomes the person. */
  place?: boolean;
  /** Milliseconds that a call takes. */
  delay?: number;
  state?: Partial<AppState>;
  settings?: Partial<Settings>;
}

/** The place of whoever has chosen nothing else. */
export const thisComputer: Place = {
  id: 'this-computer',
  name: 'this-computer',
  kind: 'this_computer',
  title: 'This computer',
  location: '~/.local/share/image-manager/this-computer',
  username: null,
  bucket: null,
  signed_in: true,
};

/** The name of what is open at a place. */
export const libraryOf = (place: Place | null | undefined): string => (place ? `library-${place.id}` : '');

/** What the window is told first. */
export function firstState(options: FakeOptions): AppState {
  const place = options.place === false ? null : thisComputer;
  return {
    place,
    library: libraryOf(place),
    connection: { status: 'online' },
    secrets: { kind: 'keychain' },
    can_describe: true,
    version: '0.1.0',
    tray: true,
    ...options.state,
  };
}

/** Settings as they are before anybody changes them. */
export function firstSettings(options: FakeOptions): Settings {
  return {
    theme: 'system',
    tile_size: 'medium',
    link_format: 'url',
    describe_new: false,
    close_to_tray: false,
    upload_limit: null,
    wait_on_metered: true,
    data_dir: '/home/anna/.local/share/image-manager',
    ai: {
      has_key: true,
      key_hint: 'x4Qe',
      model: 'gpt-5-mini',
      base_url: null,
      host: 'api.openai.com',
      price: { input: 250_000, output: 2_000_000 },
      monthly_cap_cents: null,
    },
    ...options.settings,
  };
}

/** The settings of descriptions after a change. */
export function aiAfter(before: AiSettings, change: AiSettingsChange): AiSettings {
  const ai = { ...before };
  if (change.key !== undefined) {
    ai.has_key = change.key !== '';
    ai.key_hint = change.key.slice(-4) || null;
  }
  if (change.model !== undefined) ai.model = change.model || 'gpt-5-mini';
  if (change.base_url !== undefined) {
    ai.base_url = change.base_url || null;
    ai.host = change.base_url ? new URL(change.base_url).host : 'api.openai.com';
  }
  if (change.monthly_cap_cents !== undefined) ai.monthly_cap_cents = change.monthly_cap_cents || null;
  return ai;
}
