/** Where a secret that is being typed will be kept, and what has to be typed for that. */
import { ipc } from '@/ipc';
import { app } from '@/stores/app.svelte';

export class Keeping {
  /** Where there is nothing yet that keeps secrets: what the person wants. */
  way = $state<'passphrase' | 'memory'>('passphrase');
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

  /** Unlocks, or begins to seal, before the secret itself is handed over. Rejects with what the engine says. */
  async prepare(): Promise<void> {
    const secrets = app.state?.secrets;
    const locked = secrets?.kind === 'locked';
    const sealing = secrets?.kind === 'memory_only' && this.way === 'passphrase';
    if (!locked && !sealing) return;
    app.state = await ipc().unlock(locked && !secrets.needs_passphrase ? '' : this.passphrase);
    this.passphrase = '';
    this.again = '';
  }
}
