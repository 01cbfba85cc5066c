/** Pictures that show the same, in groups, and what a person decides about them. */
import { m } from '@/paraglide/messages';
import { ipc, type Duplicate, type DuplicateGroup, type GroupKind, type LibraryQuery } from '@/ipc';
import { number } from '@/text/format';
import { attempt, withUndo } from './actions';
import { library } from './library.svelte';
import { screen } from './screen.svelte';
import { selection } from './selection.svelte';
import { toasts } from './toasts.svelte';
import { stay, whenLeft } from './visit';

/** Groups that are asked for at first, and more at a time. */
const PAGE = 50;

class Duplicates {
  kind = $state<GroupKind>('duplicates');
  groups = $state.raw<readonly DuplicateGroup[]>([]);
  /** Whether there are more than those. */
  more = $state(false);
  /** Whether the groups have come. */
  loaded = $state(false);
  /** The query of the library that the groups are shown in place of: another one leads back to pictures. */
  private before = $state.raw<LibraryQuery>();
  private limit = PAGE;
  private latest = 0;

  /** Whether the screen shows them. */
  get shown(): boolean {
    return this.before !== undefined && this.before === library.query;
  }

  /** Shows them in place of the library's pictures. */
  show(): void {
    screen.leaveLarge();
    selection.clear();
    // All pictures stand behind them, so that those of a group can be compared.
    void library.find('');
    this.before = library.query;
    void this.load();
  }

  /** Shows the library's pictures again. */
  leave(): void {
    this.before = undefined;
  }

  setKind(kind: GroupKind): void {
    this.kind = kind;
    this.groups = [];
    this.loaded = false;
    this.limit = PAGE;
    void this.load();
  }

  showMore(): Promise<void> {
    this.limit += PAGE;
    return this.load();
  }

  /** Reads them; only the newest call's answer counts. */
  async load(): Promise<void> {
    const call = ++this.latest;
    const here = stay();
    try {
      const { groups, more } = await ipc().duplicates(this.kind, this.limit);
      if (call !== this.latest || !here()) return;
      this.groups = groups;
      this.more = more;
      this.loaded = true;
    } catch (error) {
      if (call === this.latest && here()) toasts.error(error);
    }
  }

  /** Keeps one picture of its group; the others go into the trash, and it says what they said. */
  keep(group: DuplicateGroup, kept: Duplicate): Promise<void> {
    const others = group.members.filter(({ id }) => id !== kept.id).map(({ id }) => id);
    return this.moveToTrash(group, kept, others);
  }

  /** Moves one picture of a group to the trash; the best of the others says what it said. */
  discard(group: DuplicateGroup, { id }: Duplicate): Promise<void> {
    const kept = group.members.find((member) => member.id !== id);
    return kept ? this.moveToTrash(group, kept, [id]) : Promise.resolve();
  }

  private moveToTrash(group: DuplicateGroup, kept: Duplicate, others: number[]): Promise<void> {
    const left = group.members.filter(({ id }) => !others.includes(id));
    const said = () => m.duplicates_kept({ count: others.length, n: number(others.length) });
    return this.decide(group, left.length > 1 ? { ...group, members: left } : undefined, () =>
      withUndo(() => ipc().keepDuplicates([kept.id], others), said),
    );
  }

  /** Says that the pictures of a group are different. */
  apart(group: DuplicateGroup): Promise<void> {
    const ids = group.members.map(({ id }) => id);
    return this.decide(group, undefined, () =>
      withUndo(
        () => ipc().decideDuplicates(ids, false),
        () => m.duplicates_said_apart(),
      ),
    );
  }

  /** Shows at once what is left of a group, and reads the groups again when the engine has answered. */
  private async decide(group: DuplicateGroup, left: DuplicateGroup | undefined, work: () => Promise<void>) {
    this.groups = this.groups.flatMap((known) => (known === group ? (left ?? []) : known));
    await attempt(work);
    await this.load();
  }

  reset(): void {
    this.latest++;
    this.before = undefined;
    this.kind = 'duplicates';
    this.groups = [];
    this.more = false;
    this.loaded = false;
    this.limit = PAGE;
  }
}

export const duplicates = new Duplicates();

whenLeft(() => duplicates.reset());
