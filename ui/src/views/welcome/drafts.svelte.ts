/**
 * What was typed about a place that isn't chosen yet. It outlives the forms, so that going back, looking elsewhere and
 * coming again loses none of it. Secrets stay only as long as the chooser is on screen.
 */

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

class Drafts {
  bucket = $state<BucketDraft>({ ...noBucket });
  account = $state<AccountDraft>({ ...noAccount });

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
