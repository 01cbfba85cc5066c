/** What the window shows besides the library: panels, dialogs, the viewer, and how wide it is. */

export type Dialog =
  | 'settings'
  | 'palette'
  | 'shortcuts'
  | 'describe'
  | 'delete_forever'
  | 'sign_in'
  | 'switch_place'
  | 'enter_key'
  | 'connection'
  | 'unlock'
  | 'rebuild'
  | 'upload_history'
  | 'free';
export type SettingsPage =
  'place' | 'account' | 'descriptions' | 'uploads' | 'appearance' | 'links' | 'storage' | 'doctor' | 'about';

class Screen {
  dialog = $state<Dialog>();
  settingsPage = $state<SettingsPage>('place');
  /** The picture that the viewer shows; undefined when it is closed. */
  viewing = $state<number>();
  inspector = $state(true);
  /** Pictures that a dialog is about. */
  subject = $state.raw<readonly number[]>([]);
  width = $state(1280);

  /** Phones and split screens: a bottom bar instead of the sidebar, sheets instead of panels. */
  get narrow(): boolean {
    return this.width < 720;
  }

  /** Whether the inspector covers the grid instead of standing beside it. */
  get compact(): boolean {
    return this.width < 1040;
  }

  start(): () => void {
    const measure = () => (this.width = window.innerWidth);
    measure();
    this.inspector = !this.compact;
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }

  open(dialog: Dialog, subject: readonly number[] = []): void {
    this.subject = subject;
    this.dialog = dialog;
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
  }
}

export const screen = new Screen();
