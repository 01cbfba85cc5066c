import { render, screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { engineError } from '@/ipc/fake';
import { FAKE_CODE, FAKE_INVITATION } from '@/ipc/fake-account';
import { start } from '@/test/start';
import AccountForm from './AccountForm.svelte';

async function filled() {
  const fake = await start({ place: false });
  render(AccountForm);
  await userEvent.type(page.getByTestId('account-service'), 'https://pictures.example.com');
  await userEvent.type(page.getByTestId('account-username'), 'anna');
  await userEvent.type(page.getByTestId('account-password'), 'correct horse');
  return fake;
}

it('asks for a code only when the account wants one', async () => {
  const fake = await filled();
  fake.account.twoFactor = true;
  expect(page.queryByTestId('account-code')).toBeNull();
  await userEvent.click(page.getByTestId('account-submit'));
  const code = await page.findByTestId('account-code');
  expect(code).toHaveFocus();
  expect(page.getByText('The password is right. This account also asks for a code.')).toBeVisible();
  expect(page.queryByRole('alert')).toBeNull();
  expect(page.getByTestId('account-submit')).toBeDisabled();

  await userEvent.type(code, '000000{Enter}');
  expect(await page.findByRole('alert')).toHaveTextContent('This code is wrong');
  expect(code).toHaveValue('');
  await userEvent.type(code, `${FAKE_CODE}{Enter}`);
  await waitFor(() => expect(fake.state.place?.username).toBe('anna'));
  expect(fake.called('signIn').map(([form]) => (form as { code?: string }).code)).toEqual([
    undefined,
    '000000',
    FAKE_CODE,
  ]);
});

it('sets a new password with a recovery code, and signs in with it', async () => {
  const fake = await filled();
  await userEvent.click(page.getByTestId('account-forgotten'));
  expect(page.getByTestId('forgotten-account')).toHaveValue('anna');
  await userEvent.type(page.getByTestId('forgotten-recovery-code'), '0k7q-0m2x-0t9w-0h4c');
  await userEvent.type(page.getByTestId('forgotten-new'), 'another password');
  fake.fail('recoverAccount', engineError('invalid_credentials', 'The account or the recovery code is wrong.'));
  await userEvent.click(page.getByTestId('forgotten-submit'));
  expect(await page.findByRole('alert')).toHaveTextContent('recovery code is wrong');
  fake.fail('recoverAccount', undefined);
  await userEvent.click(page.getByTestId('forgotten-submit'));
  expect(await page.findByText('The new password is set. Sign in with it.')).toBeVisible();
  await userEvent.click(page.getByTestId('account-submit'));
  await waitFor(() => expect(fake.account.password).toBe('another password'));
});

it('asks for a link by mail, and says what the service says', async () => {
  const fake = await filled();
  await userEvent.click(page.getByTestId('account-forgotten'));
  await userEvent.click(page.getByRole('radio', { name: 'Link by mail' }));
  await userEvent.click(page.getByTestId('forgotten-submit'));
  expect(await page.findByText(/a mail with a link is on its way/)).toBeVisible();
  expect(fake.called('requestRecoveryMail')).toEqual([['https://pictures.example.com', 'anna']]);

  fake.fail('requestRecoveryMail', engineError('service_failed', 'This service sends no mail. Use a recovery code.'));
  await userEvent.click(page.getByTestId('forgotten-submit'));
  expect(await page.findByRole('alert')).toHaveTextContent('This service sends no mail.');
  await userEvent.click(page.getByTestId('forgotten-back'));
  expect(page.getByTestId('account-username')).toHaveValue('anna');
});

it('asks for an invitation where the service wants one, and keeps what was typed when it is wrong', async () => {
  const fake = await filled();
  fake.account.registration = 'invitation';
  await userEvent.click(page.getByRole('radio', { name: 'Create account' }));
  const invitation = await page.findByTestId('account-invitation');
  await userEvent.type(page.getByTestId('account-email'), 'anna@example.com');
  expect(page.getByTestId('account-submit')).toBeDisabled();
  await userEvent.type(invitation, 'wrong{Enter}');
  expect(await page.findByRole('alert')).toHaveTextContent('This invitation is wrong');
  expect(page.getByTestId('account-email')).toHaveValue('anna@example.com');
  await userEvent.clear(invitation);
  await userEvent.type(invitation, `${FAKE_INVITATION}{Enter}`);
  await waitFor(() => expect(fake.state.place?.username).toBe('anna'));
});

it('says where nobody can register, and leaves signing in', async () => {
  const fake = await filled();
  fake.account.registration = 'closed';
  await userEvent.click(page.getByRole('radio', { name: 'Create account' }));
  expect(await page.findByText(/takes no new accounts by itself/)).toBeVisible();
  await userEvent.type(page.getByTestId('account-email'), 'anna@example.com');
  expect(page.getByTestId('account-submit')).toBeDisabled();
  // Another service may take them.
  fake.account.registration = 'open';
  await userEvent.type(page.getByTestId('account-service'), '/');
  await userEvent.tab();
  await waitFor(() => expect(page.getByTestId('account-submit')).toBeEnabled());
  expect(page.queryByTestId('account-invitation')).toBeNull();
});
