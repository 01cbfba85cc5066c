/** The places that libraries live in: those known, and going from one to another. */
import { ipc, type AppState, type KnownPlace } from '@/ipc';
import { m } from '@/paraglide/messages';
import { number } from '@/text/format';
import { app } from './app.svelte';
import { drafts } from './drafts.svelte';
import { screen } from './screen.svelte';
import { toasts } from './toasts.svelte';

class Places {
  /** This computer first, then buckets, then accounts. */
  list = $state.raw<readonly KnownPlace[]>([]);
  /** The one that is being gone to. */
  going = $state<string>();

  /** Reads them anew. What can't be read leaves the list as it was. */
  async load(): Promise<void> {
    try {
      this.list = await ipc().places();
    } catch (error) {
      console.error(error);
    }
  }

  /** Goes to a place, and asks for what is not kept any more. Whether it is in use now. */
  async use(id: string): Promise<boolean> {
    if (this.going !== undefined) return false;
    this.going = id;
    // What could not be kept is written down, and in its field when this place is open again.
    await drafts.saveAll();
    try {
      app.state = await ipc().usePlace(id);
    } catch (error) {
      toasts.error(error);
      return false;
    } finally {
      this.going = undefined;
    }
    void this.load();
    screen.close();
    const asked = whatToAsk(app.state);
    if (asked) screen.open(asked);
    return true;
  }

  async forget(place: KnownPlace): Promise<boolean> {
    try {
      app.state = await ipc().forgetPlace(place.id);
    } catch (error) {
      toasts.error(error);
      return false;
    }
    toasts.show('success', m.place_forgotten({ name: place.title }));
    await this.load();
    return true;
  }
}

export const places = new Places();

/** The dialog that gives an open place what it lacks. */
export function whatToAsk(state: AppState | undefined): 'enter_key' | 'sign_in' | 'unlock' | undefined {
  switch (state?.connection.status) {
    case 'key_missing':
      return 'enter_key';
    case 'signed_out':
      return 'sign_in';
    case 'locked':
      // A keychain is unlocked by the system's own prompt.
      return state.secrets.kind === 'locked' && state.secrets.needs_passphrase ? 'unlock' : undefined;
    default:
      return undefined;
  }
}

/** "1,480 pictures", and what else is to be known before one goes there. */
export function aboutPlace(place: KnownPlace): string {
  const parts = [
    place.pictures === null
      ? m.place_uncounted()
      : m.pictures_count({ count: place.pictures, n: number(place.pictures) }),
  ];
  if (place.waiting > 0) parts.push(m.place_waiting({ count: place.waiting, n: number(place.waiting) }));
  if (place.needs === 'key') parts.push(m.place_needs_key());
  if (place.needs === 'sign_in') parts.push(m.place_needs_sign_in());
  if (place.needs === 'unlock') parts.push(m.place_needs_unlock());
  return parts.join(' · ');
}

/** Where changes go from here, by what keeps the place that is open. */
export function storeWords(): string {
  const kind = app.state?.place?.kind;
  if (kind === 'account') return m.store_of_account();
  return kind === 'bucket' ? m.store_of_bucket() : m.store_of_computer();
}

/** What forgetting a place means. */
export function forgettingMeans(place: KnownPlace): string {
  const means = {
    this_computer: m.place_forget_computer({ location: place.location }),
    bucket: m.place_forget_bucket(),
    account: m.place_forget_account(),
  }[place.kind];
  if (place.waiting === 0) return means;
  return `${means} ${m.connection_waiting_here({ count: place.waiting, n: number(place.waiting) })}`;
}
