/** The keyboard in the inspector's fields. */

/** Out of a field, to the panel that it is in: the page itself is no place for the keyboard. */
export function leaveField(field: HTMLElement): void {
  const panel = field.closest<HTMLElement>('[data-testid=inspector]');
  if (panel) panel.focus();
  else field.blur();
}
