/** The pages of the settings, once: for the settings themselves and for the palette. */
import Database from '@lucide/svelte/icons/database';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import Info from '@lucide/svelte/icons/info';
import Link from '@lucide/svelte/icons/link';
import Sparkles from '@lucide/svelte/icons/sparkles';
import Stethoscope from '@lucide/svelte/icons/stethoscope';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Upload from '@lucide/svelte/icons/upload';
import UserRound from '@lucide/svelte/icons/user-round';
import { m } from '@/paraglide/messages';
import type { IconComponent } from '@/components/icon';
import { app } from './app.svelte';
import type { SettingsPage } from './screen.svelte';

export function settingsPages(): { page: SettingsPage; title: string; icon: IconComponent }[] {
  const all: { page: SettingsPage; title: string; icon: IconComponent }[] = [
    { page: 'place', title: m.settings_place(), icon: HardDrive },
    { page: 'account', title: m.settings_account(), icon: UserRound },
    { page: 'descriptions', title: m.settings_descriptions(), icon: Sparkles },
    { page: 'links', title: m.settings_links(), icon: Link },
    { page: 'uploads', title: m.settings_uploads(), icon: Upload },
    { page: 'appearance', title: m.settings_appearance(), icon: SunMoon },
    { page: 'storage', title: m.settings_storage(), icon: Database },
    { page: 'doctor', title: m.doctor(), icon: Stethoscope },
    { page: 'about', title: m.settings_about(), icon: Info },
  ];
  // On this computer and in a bucket nobody signs in.
  return all.filter(({ page }) => page !== 'account' || app.state?.place?.kind === 'account');
}
