import { FakeIpc, type FakeOptions } from '@/ipc/fake';
import { useIpc } from '@/ipc';
import { albums } from '@/stores/albums.svelte';
import { app } from '@/stores/app.svelte';
import { descriptions } from '@/stores/descriptions.svelte';
import { drafts } from '@/stores/drafts.svelte';
import { duplicates } from '@/stores/duplicates.svelte';
import { library } from '@/stores/library.svelte';
import { links } from '@/stores/links.svelte';
import { places } from '@/stores/places.svelte';
import { ratings } from '@/stores/ratings.svelte';
import { screen } from '@/stores/screen.svelte';
import { selection } from '@/stores/selection.svelte';
import { tags } from '@/stores/tags.svelte';
import { toasts } from '@/stores/toasts.svelte';
import { uploads } from '@/stores/uploads.svelte';
import { forgetSaid } from '@/components/places/keeping.svelte';
import { drafts as forms } from '@/views/welcome/drafts.svelte';

/** A stand-in for the engine with everything in its first state; the stores have read it. */
export async function start(options: FakeOptions = {}): Promise<FakeIpc> {
  const fake = prepare(options);
  await Promise.all([app.start(), library.start(), uploads.start(), descriptions.start()]);
  if (app.state?.place) await library.load();
  return fake;
}

/** The same, for a test that mounts the whole window, which starts the stores by itself. */
export function prepare(options: FakeOptions = {}): FakeIpc {
  const fake = new FakeIpc({ pictures: 40, ...options });
  useIpc(fake);
  app.state = undefined;
  app.settings = undefined;
  app.failure = undefined;
  library.reset();
  duplicates.reset();
  selection.reset();
  ratings.reset();
  links.reset();
  places.list = [];
  albums.reset();
  forms.forget();
  forgetSaid();
  screen.close();
  screen.viewing = undefined;
  screen.inspector = true;
  tags.reset();
  uploads.reset();
  drafts.clear();
  toasts.clear();
  descriptions.reset();
  return fake;
}
