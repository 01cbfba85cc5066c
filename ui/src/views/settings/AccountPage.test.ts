import { render, screen as page, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { engineError, type FakeIpc } from '@/ipc/fake';
import { FAKE_CODE } from '@/ipc/fake-account';
import { screen } from '@/stores/screen.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { start } from '@/test/start';
import Settings from './Settings.svelte';

const PASSWORD = 'correct horse';

async function open(prepare: (fake: FakeIpc) => void = () => undefined): Promise<FakeIpc> {
  const fake = await start();
  toasts.clear();
  fake.enter('https://pictures.example.com', 'anna');
  prepare(fake);
  screen.openSettings('account');
  render(Settings);
  return fake;
}

const said = () => toasts.list.map((toast) => toast.message);

it('is there for an account only', async () => {
  const fake = await start();
  screen.openSettings('place');
  render(Settings);
  expect(page.queryByTestId('settings-account')).toBeNull();
  fake.enter('https://pictures.example.com', 'anna');
  expect(await page.findByTestId('settings-account')).toHaveTextContent('Account and devices');
});

it('shows who is signed in, and on which devices', async () => {
  await open();
  expect(await page.findByTestId('account-who')).toHaveTextContent('anna@example.com');
  const devices = page.getAllByTestId('device');
  expect(devices.map((device) => device.dataset['current'])).toEqual(['true', 'false', 'false']);
  expect(devices[0]).toHaveTextContent('This device');
  expect(page.getAllByTestId('device-sign-out')).toHaveLength(2);
  expect(devices[2]).toHaveTextContent('Unnamed device');
});

it('signs one device out', async () => {
  const fake = await open();
  await userEvent.click(await page.findByRole('button', { name: 'Sign out studio' }));
  await waitFor(() => expect(page.getAllByTestId('device')).toHaveLength(2));
  expect(fake.called('signOutDevice')).toEqual([['d2']]);
  expect(said()).toContain('studio is signed out.');
});

it('signs all other devices out, after asking', async () => {
  const fake = await open();
  await userEvent.click(await page.findByTestId('devices-sign-out'));
  expect(page.getByText('Sign out 2 other devices?')).toBeVisible();
  expect(fake.called('signOutOthers')).toHaveLength(0);
  await userEvent.click(page.getByTestId('devices-sign-out-confirm'));
  await waitFor(() => expect(page.getAllByTestId('device')).toHaveLength(1));
  expect(page.queryByTestId('devices-sign-out')).toBeNull();
});

it('changes the password, and says when the current one is wrong', async () => {
  const fake = await open();
  await userEvent.click(await page.findByTestId('password-change'));
  expect(page.getByTestId('password-current')).toHaveFocus();
  await userEvent.type(page.getByTestId('password-current'), 'wrong');
  await userEvent.type(page.getByTestId('password-new'), 'another password');
  await userEvent.click(page.getByTestId('password-submit'));
  expect(await page.findByRole('alert')).toHaveTextContent('The password is wrong.');
  await userEvent.clear(page.getByTestId('password-current'));
  await userEvent.type(page.getByTestId('password-current'), PASSWORD);
  await userEvent.click(page.getByTestId('password-submit'));
  await waitFor(() => expect(page.queryByTestId('password-current')).toBeNull());
  expect(fake.account.password).toBe('another password');
  expect(said()).toContain('Password changed. All other devices are signed out.');
  await waitFor(() => expect(page.getAllByTestId('device')).toHaveLength(1));
});

it('switches two-factor sign-in on, and shows the recovery codes once', async () => {
  const fake = await open();
  await userEvent.click(await page.findByTestId('two-factor-on'));
  await userEvent.type(page.getByTestId('two-factor-begin-password'), PASSWORD);
  await userEvent.click(page.getByTestId('two-factor-begin-submit'));

  expect(await page.findByTestId('two-factor-qr')).toBeVisible();
  expect(page.getByTestId('two-factor-secret')).toHaveTextContent('GEZD GNBV GY3T QOJQ');
  expect(page.getByTestId('two-factor-uri')).toHaveTextContent('otpauth://totp/Image%20Manager:anna?secret=GEZD');
  expect(page.getByTestId('two-factor-code')).toHaveFocus();

  await userEvent.type(page.getByTestId('two-factor-code'), '000000{Enter}');
  expect(await page.findByRole('alert')).toHaveTextContent('This code is wrong');
  expect(fake.account.twoFactor).toBe(false);
  await userEvent.type(page.getByTestId('two-factor-code'), `${FAKE_CODE}{Enter}`);

  const list = await page.findByTestId('recovery-list');
  expect(within(list).getAllByRole('listitem')).toHaveLength(10);
  expect(page.queryByTestId('two-factor-secret')).toBeNull();
  await userEvent.click(page.getByTestId('recovery-copy'));
  expect(fake.clipboard.split('\n')).toHaveLength(10);
  await userEvent.click(page.getByTestId('recovery-done'));
  expect(page.queryByTestId('recovery-list')).toBeNull();
  expect(page.getByTestId('recovery-left')).toHaveTextContent('10 unused codes are left.');
  expect(page.getByTestId('two-factor')).toHaveTextContent('On. Signing in takes the password and a code');
});

it('switches two-factor sign-in off with the password', async () => {
  const fake = await open((fake) => (fake.account.twoFactor = true));
  await userEvent.click(await page.findByTestId('two-factor-off'));
  await userEvent.type(page.getByTestId('two-factor-end-password'), 'wrong{Enter}');
  expect(await page.findByRole('alert')).toHaveTextContent('The password is wrong.');
  await userEvent.clear(page.getByTestId('two-factor-end-password'));
  await userEvent.type(page.getByTestId('two-factor-end-password'), `${PASSWORD}{Enter}`);
  await waitFor(() => expect(fake.account.twoFactor).toBe(false));
  expect(await page.findByTestId('two-factor-on')).toBeVisible();
});

it('makes recovery codes without a second factor, too', async () => {
  await open();
  await userEvent.click(await page.findByTestId('recovery-new'));
  await userEvent.type(page.getByTestId('recovery-ask-password'), `${PASSWORD}{Enter}`);
  expect(await page.findByTestId('recovery-list')).toBeVisible();
});

it('says why the account can’t be read, and tries again', async () => {
  const fake = await open((fake) =>
    fake.fail('accountSecurity', engineError('service_unreachable', 'pictures.example.com can’t be reached.')),
  );
  expect(await page.findByRole('alert')).toHaveTextContent('can’t be reached');
  fake.fail('accountSecurity', undefined);
  await userEvent.click(page.getByTestId('account-retry'));
  expect(await page.findByTestId('account-who')).toBeVisible();
  expect(page.queryByRole('alert')).toBeNull();
});

it('changes the address with the password', async () => {
  const fake = await open();
  await userEvent.click(await page.findByTestId('email-change'));
  expect(page.getByTestId('email-new')).toHaveFocus();
  await userEvent.type(page.getByTestId('email-new'), 'anna@example.org');
  await userEvent.type(page.getByTestId('email-password'), 'wrong{Enter}');
  expect(await page.findByRole('alert')).toHaveTextContent('The password is wrong.');
  expect(page.getByTestId('email-new')).toHaveValue('anna@example.org');
  await userEvent.clear(page.getByTestId('email-password'));
  await userEvent.type(page.getByTestId('email-password'), `${PASSWORD}{Enter}`);
  await waitFor(() => expect(page.getByTestId('account-who')).toHaveTextContent('anna@example.org'));
  expect(said()).toContain('The e-mail address is changed.');

  fake.account.mail = true;
  await userEvent.click(page.getByTestId('email-change'));
  await userEvent.type(page.getByTestId('email-new'), 'anna@example.net');
  await userEvent.type(page.getByTestId('email-password'), `${PASSWORD}{Enter}`);
  expect(await page.findByText('A mail is on its way to anna@example.net.')).toBeVisible();
  expect(page.getByTestId('account-who')).toHaveTextContent('anna@example.org');
});

it('removes the account, after saying what goes and asking for the password', async () => {
  const fake = await open((fake) => (fake.account.twoFactor = true));
  await userEvent.click(await page.findByTestId('account-remove'));
  expect(page.getByText(/Nobody can bring them back/)).toBeVisible();
  await userEvent.type(page.getByTestId('account-remove-password'), PASSWORD);
  expect(page.getByTestId('account-remove-submit')).toBeDisabled();
  await userEvent.type(page.getByTestId('account-remove-code'), '000000{Enter}');
  expect(await page.findByRole('alert')).toHaveTextContent('This code is wrong');
  expect(fake.state.place).not.toBeNull();
  await userEvent.type(page.getByTestId('account-remove-code'), `${FAKE_CODE}{Enter}`);
  await waitFor(() => expect(fake.state.place).toBeNull());
  expect(said()).toContain('The account anna is removed. Nothing was removed from this computer.');
});

it('asks for the code when the second factor was switched on elsewhere', async () => {
  const fake = await open();
  await userEvent.click(await page.findByTestId('account-remove'));
  expect(page.queryByTestId('account-remove-code')).toBeNull();
  fake.account.twoFactor = true;
  await userEvent.type(page.getByTestId('account-remove-password'), `${PASSWORD}{Enter}`);
  await userEvent.type(await page.findByTestId('account-remove-code'), `${FAKE_CODE}{Enter}`);
  await waitFor(() => expect(fake.state.place).toBeNull());
});
