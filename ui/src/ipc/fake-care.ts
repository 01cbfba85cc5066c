/** The stand-in's doctor, its check of all pictures, and its local copies. */
import { Listeners } from './fake-listeners';
import type { FakePicture } from './fake-pictures';
import type {
  AuditProgress,
  BucketForm,
  CheckedPicture,
  DoctorReport,
  DoctorStep,
  FreeReport,
  LastCheck,
} from './index';

const nothing: AuditProgress = {
  running: false,
  deep: false,
  total: 0,
  done: 0,
  confirmed: 0,
  missing: 0,
  changed: 0,
  failed: 0,
  started_at: null,
  finished_at: null,
  stopped: null,
};

const ok = (check: string, title: string, message: string): DoctorStep => ({
  check,
  title,
  status: 'ok',
  message,
  code: null,
});

export class FakeCare {
  /** Steps that the doctor tells in place of its own. */
  steps: DoctorStep[] | undefined;
  progress: AuditProgress = nothing;
  /** What would become of local files. */
  local: FreeReport = {
    files: 214,
    bytes: 1_840_000_000,
    kept: 2,
    gone: 0,
    items: [
      {
        path: '/home/anna/Pictures/Lofoten/DSC_4130.jpg',
        size: 8_200_000,
        status: 'kept',
        reason: 'Its bytes are not in the library.',
        image_id: null,
      },
      {
        path: '/home/anna/Pictures/Lofoten/DSC_4131.jpg',
        size: 7_900_000,
        status: 'kept',
        reason: 'The store no longer has this picture’s file.',
        image_id: 'a1',
      },
    ],
  };
  private readonly listeners = new Listeners<AuditProgress>();

  /**
   * @param delay milliseconds that a step takes
   * @param pictures all of them
   */
  constructor(
    private readonly delay: number,
    private readonly pictures: () => FakePicture[],
  ) {}

  private async tell(steps: DoctorStep[], onstep: (step: DoctorStep) => void): Promise<DoctorReport> {
    for (const step of steps) {
      if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay * 4));
      onstep(step);
    }
    return { ok: steps.every((step) => step.status !== 'failed'), steps };
  }

  doctor(onstep: (step: DoctorStep) => void): Promise<DoctorReport> {
    return this.tell(
      this.steps ?? [
        ok('folder', 'Write to the app’s folder', '/home/anna/.local/share/image-manager can be written.'),
        ok('space', 'Find room on the disk', '182.4 GB are free on the disk.'),
        ok('secrets', 'Open the secrets', 'Secrets are sealed with a key in the system’s keychain.'),
        ok('address', 'Understand the address', 'The store is http://127.0.0.1:41739.'),
        ok('connect', 'Reach the store', '127.0.0.1 answers.'),
        ok('clock', 'Compare the clocks', 'This computer’s clock agrees with the store’s.'),
        ok('put', 'Store an object', 'An object can be stored, with the region us-east-1 and path style on.'),
        ok('head', 'Look at it', 'What is stored can be looked at.'),
        ok('range', 'Read a part of it', 'What is stored can be read, also in part.'),
        ok('presigned', 'Store and read by links', 'Presigned addresses work.'),
        ok('multipart', 'Store in parts', 'Large files can be sent in parts.'),
        ok('delete', 'Remove it', 'Objects can be removed; nothing was left behind.'),
        ok('account', 'Use the account', 'The app’s own account service answers.'),
        { check: 'read', title: 'Read a picture', status: 'skipped', message: 'There is no picture yet.', code: null },
      ],
      onstep,
    );
  }

  tryBucket(form: BucketForm, onstep: (step: DoctorStep) => void): Promise<DoctorReport> {
    const steps = [ok('connect', 'Reach the store', 'It answers, and its clock agrees with this computer’s.')];
    if (form.secret.includes('wrong')) {
      steps.push({
        check: 'put',
        title: 'Store an object',
        status: 'failed',
        message: 'The secret doesn’t belong to this key id. Paste it anew; a blank or a missing character is enough.',
        code: 'wrong_secret',
      });
    } else {
      steps.push(ok('put', 'Store an object', 'An object can be stored, with the region garage and path style on.'));
      steps.push(ok('range', 'Read a part of it', 'What is stored can be read, also in part.'));
      steps.push(ok('multipart', 'Store in parts', 'Large files can be sent in parts.'));
      steps.push(ok('delete', 'Remove it', 'Objects can be removed; nothing was left behind.'));
    }
    return this.tell(steps, onstep);
  }

  check(picture: FakePicture, deep: boolean): CheckedPicture {
    const messages = {
      confirmed: deep
        ? 'The stored bytes were downloaded to this computer, and their SHA-256 is that of this file.'
        : 'The store still has it: size and entity tag are those that it confirmed.',
      missing: 'The store no longer has this picture’s file.',
      changed: 'The store has 4 bytes, not the 8,204,331 that it confirmed.',
    };
    const outcome = picture.fault ?? 'confirmed';
    // What isn't proven is read back.
    if (outcome === 'confirmed' && picture.proof === 'not_proven') {
      Object.assign(picture, {
        proof: 'read_back',
        verified_at: '2026-11-02T09:30:00Z',
        verified_by: 'The stored bytes were read back, and their SHA-256 is that of this file.',
      });
    }
    const check: LastCheck = { at: '2026-11-02T09:30:00Z', outcome, message: messages[outcome] };
    picture.last_check = check;
    return {
      id: picture.id,
      image_id: picture.image_id,
      name: picture.name,
      sha256: picture.sha256,
      check,
      proven: outcome === 'confirmed',
      local_copy: picture.local_copy,
    };
  }

  problems(): CheckedPicture[] {
    return this.pictures()
      .filter((picture) => picture.fault)
      .map((picture) => this.check(picture, false));
  }

  watch(listener: (progress: AuditProgress) => void): AuditProgress {
    void this.listeners.add(listener);
    return this.progress;
  }

  /** Reports progress of the check of all pictures. */
  set(change: Partial<AuditProgress>): void {
    this.progress = { ...this.progress, ...change };
    this.listeners.emit(this.progress);
  }

  start(deep: boolean, restart: boolean): void {
    const total = this.pictures().length;
    const goesOn = !restart && this.progress.started_at && !this.progress.finished_at && this.progress.deep === deep;
    this.set({
      ...(goesOn ? {} : { ...nothing, started_at: '2026-11-02T09:30:00Z' }),
      deep,
      total,
      running: true,
      stopped: null,
    });
    if (this.delay > 0) this.next();
  }

  private next(): void {
    setTimeout(() => {
      if (!this.progress.running) return;
      const done = Math.min(this.progress.total, this.progress.done + Math.ceil(this.progress.total / 12));
      const lost = this.problems().length;
      this.set({ done, confirmed: Math.max(0, done - lost), missing: lost });
      if (done < this.progress.total) this.next();
      else this.set({ running: false, finished_at: '2026-11-02T09:31:00Z' });
    }, this.delay * 5);
  }

  cancel(): void {
    this.set({ running: false });
  }

  free(act: boolean): FreeReport {
    const report = this.local;
    if (act) this.local = { ...report, files: 0, bytes: 0 };
    return report;
  }
}
