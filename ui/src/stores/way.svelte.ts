/** The way to the place that the library lives in, as the engine's sync, uploads and viewer find it: one word for all. */
import { m } from '@/paraglide/messages';
import { ipc } from '@/ipc';
import { number } from '@/text/format';
import { attempt } from './actions';
import { app } from './app.svelte';
import { screen } from './screen.svelte';
import { uploads } from './uploads.svelte';

/** A button that gives what is lacking. */
export interface Remedy {
  label: string;
  run: () => void;
  /** Whether it is under way. */
  busy?: boolean;
}

class Way {
  /** Whether the place is being tried because somebody asked. */
  private trying = $state(false);

  /** Whether anything is wrong. */
  get trouble(): boolean {
    const status = app.state?.connection.status;
    if (status === undefined || status === 'connecting') return false;
    return status !== 'online' || this.uploadsWait;
  }

  /** All is well with the connection, and uploads wait all the same: for room on a disk, or for another network. */
  private get uploadsWait(): boolean {
    return app.state?.connection.status === 'online' && uploads.summary.waiting !== null;
  }

  /** Uploads that are not finished and go on by themselves: not those that somebody has paused. */
  get waiting(): number {
    const { active, total, held } = uploads.summary;
    return active ? Math.max(0, total - uploads.done - held) : 0;
  }

  /** In a word or two. */
  get label(): string {
    const state = app.state;
    switch (state?.connection.status) {
      case 'connecting':
        return m.connection_connecting();
      case 'offline':
        return state.place?.kind === 'account' ? m.connection_service_offline() : m.connection_offline();
      case 'store_offline':
        return m.connection_store_offline();
      case 'store_refused':
        return m.connection_store_refused();
      case 'signed_out':
        return m.connection_signed_out();
      case 'key_missing':
        return m.connection_key_missing();
      case 'locked':
        return m.connection_locked();
      default:
        if (this.uploadsWait) return m.connection_uploads_wait();
        return state?.place?.kind === 'this_computer' ? m.connection_local() : m.connection_online();
    }
  }

  /** How many uploads wait for it, in a word or two. */
  get queue(): string | undefined {
    return this.trouble && this.waiting > 0 ? m.connection_waiting_short({ n: number(this.waiting) }) : undefined;
  }

  /** Whether a line above the library says what is wrong: nothing else has to say it, too. */
  get told(): boolean {
    const { connection, secrets } = app.state ?? {};
    if (connection?.status === 'locked') return secrets?.kind === 'locked';
    return this.trouble && connection?.status !== 'online';
  }

  /** In a sentence. */
  get reason(): string {
    const connection = app.state?.connection;
    if (connection?.status === 'signed_out') {
      const lost = app.state?.secrets.kind === 'memory_only';
      return lost ? m.signed_out_not_kept_banner() : m.signed_out_banner();
    }
    if (connection && 'reason' in connection) return connection.reason;
    return uploads.summary.waiting ?? this.label;
  }

  /** What helps, when the person can do it here. */
  get remedy(): Remedy | undefined {
    const { connection, place, secrets } = app.state ?? {};
    switch (connection?.status) {
      case 'key_missing':
        return { label: m.key_enter(), run: () => screen.open('enter_key') };
      case 'store_refused':
        return place?.kind === 'bucket' ? { label: m.key_enter(), run: () => screen.open('enter_key') } : undefined;
      case 'signed_out':
        return { label: m.sign_in(), run: () => screen.open('sign_in') };
      case 'locked':
        return secrets?.kind === 'locked' && !secrets.needs_passphrase
          ? { label: m.retry(), run: () => void attempt(() => ipc().unlock('')) }
          : { label: m.unlock(), run: () => screen.open('unlock') };
      case 'offline':
      case 'store_offline':
        return this.tryNow;
      case 'online':
        // For room on a disk. Another network is waited for by the person's own word.
        return this.uploadsWait && uploads.summary.waiting_code !== 'metered_connection' ? this.tryNow : undefined;
      default:
        return undefined;
    }
  }

  private get tryNow(): Remedy {
    return { label: m.connection_try(), run: () => void this.tryAtOnce(), busy: this.trying };
  }

  /** Tries at once what is tried by itself a little later. */
  private async tryAtOnce(): Promise<void> {
    if (this.trying) return;
    this.trying = true;
    await attempt(() => ipc().tryConnection());
    this.trying = false;
  }
}

export const way = new Way();
