/** Undo and redo in text fields: not every web view does it by itself when its keys are pressed. */
import { isTyping, matches } from './keys';

/** Undoes or redoes in the field that somebody types in. Whether the key press was about that. */
export function turnText(event: KeyboardEvent): boolean {
  if (!isTyping(event.target)) return false;
  const undo = matches(event, 'Mod+Z');
  const redo = matches(event, 'Mod+Shift+Z') || matches(event, 'Mod+Y');
  if (!undo && !redo) return false;
  event.preventDefault();
  // Deprecated, and the only way to the steps that the web view keeps of each field.
  document.execCommand(undo ? 'undo' : 'redo');
  return true;
}
