/** What the window shows besides the library: panels, dialogs, the viewer, and how wide it is. */
import { note, noted } from './storage';
import { whenLeft } from './visit';

export type Dialog =
  | 'settings'
  | 'palette'
  | 'shortcuts'
  | 'describe'
  | 'delete_forever'
  | 'new_album'
  | 'sign_in'
  | 'switch_place'
  | 'enter_key'
  | 'connection'
  | 'unlock'
  | 'rebuild'
  | 'upload_history'
  | 'left_alone'
  | 'free';
export type SettingsPage =
  'place' | 'account' | 'descriptions' | 'uploads' | 'appearance' | 'links' | 'storage' | 'doctor' | 'about';

/** Dialogs that are about no picture, no upload and no library of the place that is open: they stay when it is left. */
const LASTING: readonly Dialog[] = ['settings', 'shortcuts', 'sign_in', 'switch_place', 'enter_key', 'unlock'];

const INSPECTOR = 'inspector';

function remember(shown: boolean): void {
  note(INSPECTOR, String(shown));
}

function remembered(otherwise = true): boolean {
  return (noted(INSPECTOR) ?? String(otherwise)) === 'true';
}

class Screen {
  dialog = $state<Dialog>();
  settingsPage = $state<SettingsPage>('place');
  /** The picture that the viewer shows; undefined when it is closed. */
  viewing = $state<number>();
  /** Pictures that are shown side by side; none when they aren't. */
  comparing = $state.raw<readonly number[]>([]);
  /** The one of those that keys are about. */
  compared = $state<number>();
  /** Pictures that a dialog is about. */
  subject = $state.raw<readonly number[]>([]);
  width = $state(1280);
  /** Height of the panels at the window's edge, in px: messages stand above them. */
  dock = $state(0);
  private inspecting = $state(true);
  /** Whether there is nothing that the inspector could tell of, and nobody has opened it all the same. */
  bare = $state(false);

  /** Phones and split screens: a bottom bar instead of the sidebar, sheets instead of panels. */
  get narrow(): boolean {
    return this.width < 720;
  }

  /** Little room: the inspector stands under the toolbar. */
  get compact(): boolean {
    return this.width < 1040;
  }

  /** So little room between the sidebar and the inspector that buttons lose their words. */
  get tight(): boolean {
    const sidebar = this.rail ? 49 : 224;
    const inspector = this.inspector && !this.compact ? 320 : 0;
    return !this.narrow && this.width - sidebar - inspector < 620;
  }

  /** Whether the sidebar shows its icons only, so that there is room for pictures beside the inspector. */
  get rail(): boolean {
    return !this.narrow && this.width < 900 && this.inspector;
  }

  /** Whether pictures are shown large, over the library. */
  get large(): boolean {
    return this.viewing !== undefined || this.comparing.length > 0;
  }

  /** Goes back to the library. */
  leaveLarge(): void {
    this.viewing = undefined;
    this.comparing = [];
  }

  get inspector(): boolean {
    return this.inspecting && !this.bare;
  }

  /** Remembered for the next time, but for the sheet of a small screen, which is opened for one picture. */
  set inspector(shown: boolean) {
    this.inspecting = shown;
    this.bare = false;
    if (!this.narrow) remember(shown);
  }

  start(): () => void {
    const measure = () => {
      const before = this.narrow;
      this.width = window.innerWidth;
      if (this.narrow !== before) this.inspecting = !this.narrow && remembered();
    };
    this.width = window.innerWidth;
    this.inspecting = !this.narrow && remembered(!this.compact);
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }

  open(dialog: Dialog, subject: readonly number[] = []): void {
    this.subject = subject;
    this.dialog = dialog;
  }

  /** Lets go of the pictures of a place that is left. */
  left(): void {
    this.leaveLarge();
    this.subject = [];
    if (this.dialog && !LASTING.includes(this.dialog)) this.close();
  }

  /** What stands in the palette when it opens. */
  typed = '';

  openPalette(typed: string): void {
    this.typed = typed;
    this.open('palette');
  }

  /** Whether the doctor was asked for and has not begun yet. */
  examine = false;

  openSettings(page: SettingsPage): void {
    this.settingsPage = page;
    this.dialog = 'settings';
  }

  /** Shows the doctor's page, and has the doctor begin. */
  askDoctor(): void {
    this.examine = true;
    this.openSettings('doctor');
  }

  close(): void {
    this.dialog = undefined;
    this.typed = '';
  }
}

export const screen = new Screen();

whenLeft(() => screen.left());
