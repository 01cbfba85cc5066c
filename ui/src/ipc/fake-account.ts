/** The account of the stand-in: devices, a password, a second factor. The password is whatever signed in. */
import type { AccountSecurity, EmailChange, EngineError, ErrorKind, Registration, TwoFactorSetup } from './index';

/** The code that the stand-in's authenticator app shows. */
export const FAKE_CODE = '287082';

const refuse = (code: ErrorKind, message: string): EngineError => ({ code, message });

/** The invitation that the stand-in takes. */
export const FAKE_INVITATION = '0k7q-1m2x-2t9w-3h4c';

/** An SVG path with the look of a QR code, for the stand-in only. */
function pattern(size: number): string {
  let path = '';
  const corner = (x: number, y: number) => `M${x} ${y}h7v7h-7zM${x + 1} ${y + 1}v5h5v-5zM${x + 2} ${y + 2}h3v3h-3z`;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const cornered = (x < 8 && y < 8) || (x > size - 9 && y < 8) || (x < 8 && y > size - 9);
      if (!cornered && (x * 7 + y * 13 + x * y * 3) % 5 < 2) path += `M${x} ${y}h1v1h-1z`;
    }
  }
  return path + corner(0, 0) + corner(size - 7, 0) + corner(0, size - 7);
}

export class FakeAccount {
  password = 'correct horse';
  twoFactor = false;
  codesLeft = 0;
  email: string | undefined;
  /** Whether the stand-in's service sends mail. */
  mail = false;
  registration: Registration = 'open';
  devices: AccountSecurity['devices'] = [
    {
      id: 'd1',
      name: 'Anna’s laptop',
      created_at: '2026-09-02T08:15:00.000Z',
      last_used_at: '2026-11-25T20:55:00.000Z',
      current: true,
    },
    {
      id: 'd2',
      name: 'studio',
      created_at: '2026-10-11T17:40:00.000Z',
      last_used_at: '2026-11-24T16:12:00.000Z',
      current: false,
    },
    {
      id: 'd3',
      name: null,
      created_at: '2026-06-20T11:02:00.000Z',
      last_used_at: '2026-08-30T09:31:00.000Z',
      current: false,
    },
  ];

  security(username: string): AccountSecurity {
    return {
      username,
      email: this.email ?? `${username}@example.com`,
      devices: this.devices,
      two_factor: this.twoFactor,
      recovery_codes_left: this.codesLeft,
    };
  }

  /** What signing in makes of a code. */
  enter(code: string | null | undefined): void {
    if (!this.twoFactor) return;
    if (!code) throw refuse('code_required', 'This account has two-factor sign-in: enter the code from your app.');
    if (code !== FAKE_CODE && code.length < 16) throw refuse('code_invalid', 'This code is wrong or was used already.');
  }

  check(password: string): void {
    if (password !== this.password) throw refuse('invalid_credentials', 'The password is wrong. Nothing was changed.');
  }

  invite(code: string | undefined): void {
    if (this.registration === 'closed') throw refuse('registration_refused', 'This service takes no registrations.');
    if (this.registration === 'invitation' && code !== FAKE_INVITATION)
      throw refuse('invitation_required', 'This invitation is wrong, too old, or was used already.');
  }

  changeEmail(email: string, password: string): EmailChange {
    this.check(password);
    if (this.mail) return { message: `A mail is on its way to ${email}.`, confirmed: false };
    this.email = email;
    return { message: 'The e-mail address is changed.', confirmed: true };
  }

  keepOnly(keep: (id: string, current: boolean) => boolean): void {
    this.devices = this.devices.filter((device) => keep(device.id, device.current));
  }

  setup(username: string): TwoFactorSetup {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    const otpauth_uri = `otpauth://totp/Image%20Manager:${username}?secret=${secret}&issuer=Image%20Manager`;
    return { secret, otpauth_uri, qr_path: pattern(37), qr_size: 37 };
  }

  confirm(code: string): string[] {
    if (code.replace(/\s/g, '') !== FAKE_CODE)
      throw refuse('code_invalid', 'This code is wrong or was used already. Wait for the next one.');
    this.twoFactor = true;
    return this.codes();
  }

  codes(): string[] {
    this.codesLeft = 10;
    return Array.from({ length: 10 }, (_, n) => `${n}k7q-${n}m2x-${n}t9w-${n}h4c`);
  }
}
