import { m } from '@/paraglide/messages';
import type { LinkFormat } from '@/ipc';

/** The forms that a link can be copied in. */
export function linkFormats(): { value: LinkFormat; label: string }[] {
  return [
    { value: 'url', label: m.link_url() },
    { value: 'markdown', label: 'Markdown' },
    { value: 'html', label: 'HTML' },
    { value: 'bbcode', label: 'BBCode' },
  ];
}
