/** The check of all pictures, as the engine reports it. */
import { ipc, type AuditProgress, type CheckedPicture } from '@/ipc';
import { attempt } from './actions';
import { stay, whenLeft } from './visit';

class Audit {
  progress = $state.raw<AuditProgress>();
  /** Pictures that were not found as they should be; read when the check has ended. */
  problems = $state.raw<readonly CheckedPicture[]>([]);

  /** How far it is, 0 to 1. */
  get fraction(): number {
    const { total = 0, done = 0 } = this.progress ?? {};
    return total > 0 ? Math.min(1, done / total) : 0;
  }

  /** Follows it from now on. */
  async start(): Promise<void> {
    const here = stay();
    const apply = (progress: AuditProgress) => here() && this.apply(progress);
    await attempt(async () => apply(await ipc().watchAudit(apply)));
  }

  /** Begins, or goes on. */
  async check(deep: boolean, restart: boolean): Promise<void> {
    await attempt(() => ipc().startAudit(deep, restart));
  }

  async cancel(): Promise<void> {
    await attempt(() => ipc().cancelAudit());
  }

  /** Forgets everything, for another place. */
  reset(): void {
    this.progress = undefined;
    this.problems = [];
  }

  private apply(progress: AuditProgress): void {
    this.progress = progress;
    const { missing, changed, failed, running } = progress;
    if (missing + changed + failed === 0) this.problems = [];
    else if (!running) void attempt(() => this.readProblems());
  }

  private async readProblems(): Promise<void> {
    const here = stay();
    const problems = await ipc().auditProblems();
    if (here()) this.problems = problems;
  }
}

export const audit = new Audit();

whenLeft(() => audit.reset());
