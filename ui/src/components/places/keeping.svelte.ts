/** Where a secret that is being typed will be kept, and what has to be typed for that. */
import { m } from '@/paraglide/messages';
import { ipc } from '@/ipc';
import { app } from '@/stores/app.svelte';

/** What the person has said of an earlier secret, since the app was started. */
let said: 'memory' | undefined;

/** Forgets what was said, for tests. */
export function forgetSaid(): void {
  said = undefined;
}

export class Keeping {
  /** Where there is nothing yet that keeps secrets: what the person wants. */
  way = $state<'passphrase' | 'memory'>(said ?? 'passphrase');
  /** Whether that is asked: not again after somebody has said so, but when they want it otherwise. */
  asks = $state(said === undefined);
  passphrase = $state('');
  again = $state('');

  get differ(): boolean {
    return this.again !== '' && this.again !== this.passphrase;
  }

  /** Whether everything is typed that keeping takes. */
  get complete(): boolean {
    const secrets = app.state?.secrets;
    if (secrets?.kind === 'locked') return !secrets.needs_passphrase || this.passphrase !== '';
    if (secrets?.kind !== 'memory_only' || this.way === 'memory') return true;
    return this.passphrase !== '' && this.again === this.passphrase;
  }

  /** What is still to be typed, by the fields' names. */
  get lacks(): string[] {
    if (this.complete || this.differ) return [];
    const lacks = this.passphrase === '' ? [m.passphrase()] : [];
    const choosing = app.state?.secrets.kind === 'memory_only';
    return choosing && this.again === '' ? [...lacks, m.passphrase_repeat()] : lacks;
  }

  /** Why a form that hands a secret over can't be sent yet; nothing when it can. `fields` are others that are empty. */
  why(fields: readonly string[]): string | undefined {
    const lacks = [...fields, ...this.lacks];
    if (lacks.length > 0) return m.form_lacks({ what: lacks.join(', ') });
    return this.differ ? m.passphrase_differ() : undefined;
  }

  /** Unlocks, or begins to seal, before the secret itself is handed over. Rejects with what the engine says. */
  async prepare(): Promise<void> {
    const secrets = app.state?.secrets;
    const locked = secrets?.kind === 'locked';
    const sealing = secrets?.kind === 'memory_only' && this.way === 'passphrase';
    if (secrets?.kind === 'memory_only' && !sealing) {
      said = 'memory';
      this.asks = false;
    }
    if (!locked && !sealing) return;
    app.state = await ipc().unlock(locked && !secrets.needs_passphrase ? '' : this.passphrase);
    this.passphrase = '';
    this.again = '';
  }
}
