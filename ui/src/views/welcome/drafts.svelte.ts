/**
 * What was typed about a place that isn't chosen yet. It outlives the forms, so that going back, looking elsewhere and
 * coming again loses none of it, nor does the end of the app. Secrets stay only as long as the chooser is on screen, and are
 * written down nowhere.
 */
import { note, noted } from '@/stores/storage';

/** Under which it is written down. */
const TYPED = 'place form';

const noBucket = {
  endpoint: '',
  region: '',
  bucket: '',
  key_id: '',
  secret: '',
  /** Undefined until the person says so: then it follows from the endpoint. */
  path_style: undefined as boolean | undefined,
  /** Agreed to for a store that can't put large files together. */
  without_parts: undefined as boolean | undefined,
};

const noAccount = {
  mode: 'sign_in' as 'sign_in' | 'register',
  service: '',
  username: '',
  email: '',
  invitation: '',
  password: '',
};

export type BucketDraft = typeof noBucket;
export type AccountDraft = typeof noAccount;

interface Typed {
  bucket: Partial<BucketDraft>;
  account: Partial<AccountDraft>;
}

/** What was typed when the app ended. */
function left(): Typed {
  try {
    return { bucket: {}, account: {}, ...(JSON.parse(noted(TYPED) ?? '{}') as Partial<Typed>) };
  } catch {
    return { bucket: {}, account: {} };
  }
}

/** What was typed about places; a new one has what the one before left. */
export class Drafts {
  bucket = $state<BucketDraft>({ ...noBucket, ...left().bucket });
  account = $state<AccountDraft>({ ...noAccount, ...left().account });

  constructor() {
    $effect.root(() => {
      $effect(() => {
        const bucket = { ...this.bucket, secret: '' };
        const account = { ...this.account, password: '', invitation: '' };
        const any = [...Object.values(bucket), account.service, account.username, account.email].some(Boolean);
        note(TYPED, any ? JSON.stringify({ bucket, account } satisfies Typed) : undefined);
      });
    });
  }

  forgetSecrets(): void {
    this.bucket.secret = '';
    this.account.password = '';
  }

  /** After a place was chosen. */
  forget(): void {
    this.bucket = { ...noBucket };
    this.account = { ...noAccount };
  }
}

export const drafts = new Drafts();

/** AWS has the bucket in the host name; whoever serves S3 on an address of their own mostly has it in the path. */
export function pathStyleFor(endpoint: string): boolean {
  const typed = endpoint.trim();
  return typed !== '' && !/(^|[./])amazonaws\.com(\.cn)?([:/]|$)/i.test(typed);
}
