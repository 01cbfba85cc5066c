/** Keyboard shortcuts, written once as "Mod+K" and shown the way the system writes them. */

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const macNames: Record<string, string> = { Mod: '⌘', Shift: '⇧', Alt: '⌥', Delete: '⌫', Enter: '↩', Escape: 'esc' };
const names: Record<string, string> = { Mod: 'Ctrl', Delete: 'Del', Escape: 'Esc', Enter: 'Enter' };
const arrows: Record<string, string> = { Left: '←', Right: '→', Up: '↑', Down: '↓' };

/** The keys of a shortcut by their names; "+" is itself one. */
const partsOf = (shortcut: string): string[] => (shortcut === '+' ? ['+'] : shortcut.split('+'));

/** The single keys of a shortcut, as they stand on the keyboard. */
export function keyCaps(shortcut: string): string[] {
  return partsOf(shortcut).map((key) => arrows[key] ?? (isMac ? macNames[key] : names[key]) ?? key);
}

/** The same to be read out: "Ctrl+K", "⌘+K". */
export function keyText(shortcut: string): string {
  const { Mod = 'Ctrl' } = isMac ? macNames : names;
  return shortcut.replace(/^Mod\b/, Mod);
}

/** Whether the key that stands for a command is held: ⌘ on a Mac, Ctrl elsewhere. */
export function modHeld(event: KeyboardEvent | MouseEvent): boolean {
  return isMac ? event.metaKey : event.ctrlKey;
}

/** Whether a key press is that shortcut. */
export function matches(event: KeyboardEvent, shortcut: string): boolean {
  const parts = partsOf(shortcut);
  const key = parts.at(-1) ?? '';
  if (modHeld(event) !== parts.includes('Mod') || event.altKey !== parts.includes('Alt')) return false;
  // These already need Shift on many keyboards.
  if (key !== '?' && key !== '+' && event.shiftKey !== parts.includes('Shift')) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}

/** Whether a key press asks for the menu of what the keyboard is at. */
export function isMenuKey(event: KeyboardEvent): boolean {
  return event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey && !modHeld(event) && !event.altKey);
}

/** Opens an element's menu as a right click in its middle does. */
export function openMenu(element: Element): void {
  const { left, top, width, height } = element.getBoundingClientRect();
  const at = { clientX: left + width / 2, clientY: top + height / 2 };
  element.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at }));
}

/** Whether somebody is typing there, so that letters are text and not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.matches('input:not([type=checkbox], [type=radio], [type=range]), textarea, select')
  );
}
