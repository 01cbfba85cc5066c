import { render, screen as page } from '@testing-library/svelte';
import type { FakeIpc, FakeOptions } from '@/ipc/fake';
import Inspector from '@/components/inspector/Inspector.svelte';
import { selection } from '@/stores/selection.svelte';
import { start } from './start';

/** The inspector of one picture, which has a description by a model. */
export async function inspect(options: FakeOptions = {}): Promise<{ fake: FakeIpc; id: number; close: () => void }> {
  const fake = await start(options);
  const picture = [...fake.pictures.values()].find((each) => each.described_by === 'gpt-5-mini');
  if (!picture) throw new Error('the stand-in has no described picture');
  selection.only(picture.id);
  const { unmount } = render(Inspector, { onclose() {} });
  await page.findByTestId('inspector-name');
  return { fake, id: picture.id, close: unmount };
}
