import { screen as page, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { type Connection, type LinkLife } from '@/ipc';
import { type FakeIpc, engineError } from '@/ipc/fake';
import { library } from '@/stores/library.svelte';
import { selection } from '@/stores/selection.svelte';
import { inspect } from '@/test/inspect';

const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

/** The place that is open is a bucket, whose links live so. */
function bucket(fake: FakeIpc, life: Partial<LinkLife>, status: Connection['status'] = 'online') {
  fake.linkLife = { lives: 'until', until: null, only_here: false, works_now: true, ...life };
  const { place } = fake.state;
  if (place) fake.setState({ place: { ...place, kind: 'bucket' }, connection: { status } as Connection });
}

const hint = () => page.findByTestId('link-hint');

it.each([
  [{ until: inDays(7) }, 'Works for 7 days, for anyone who has it.'],
  [{ until: inDays(1.2), only_here: true }, 'Works on this computer only, for 1 day.'],
  [{ until: inDays(0.4) }, 'Works for less than a day, for anyone who has it.'],
  [{ lives: 'as_picture' }, 'Works for anyone who has it, for as long as the picture is in the library.'],
] as const)('says before a link is made how long it will work and for whom: %o', async (life, said) => {
  const { fake } = await inspect();
  bucket(fake, life);
  await waitFor(async () => expect(await hint()).toHaveTextContent(said));
  expect(fake.called('copyLinks')).toHaveLength(0);
});

it('asks once for all pictures of a place', async () => {
  const { fake, id } = await inspect();
  bucket(fake, { until: inDays(7) });
  await waitFor(async () => expect(await hint()).toHaveTextContent('7 days'));
  selection.only([...library.layout.ids].find((other) => other !== id) ?? 0);
  await waitFor(async () => expect(await hint()).toHaveTextContent('7 days'));
  expect(fake.called('links')).toHaveLength(1);
});

it('promises nothing while it can’t be asked, and asks when it can', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { fake } = await inspect();
  bucket(fake, { until: inDays(7) }, 'offline');
  expect(await hint()).not.toHaveTextContent('Works');
  expect(fake.called('links')).toHaveLength(0);
  fake.fail('links', engineError('service_unreachable', 'The service can’t be reached.'));
  bucket(fake, { until: inDays(7) });
  await waitFor(() => expect(fake.called('links')).toHaveLength(1));
  expect(await hint()).not.toHaveTextContent('Works');
});

it('says of links of this computer what they are, without asking', async () => {
  const { fake } = await inspect();
  expect(await hint()).toHaveTextContent('works on this computer only, while the app is open');
  expect(fake.called('links')).toHaveLength(0);
});

it('says of a copied link until when it works, and for whom', async () => {
  const { fake } = await inspect();
  bucket(fake, { until: '2026-12-07T00:12:00Z' });
  await userEvent.click(page.getByTestId('copy-url'));
  expect(await page.findByTestId('link-life')).toHaveTextContent(/Works until .*2026.*, for anyone who has it\./);
});
