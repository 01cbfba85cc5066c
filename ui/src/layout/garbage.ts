/** Elements that were taken out of the page, for an engine that doesn't see how much memory they still hold. */

/** What an element with its style, text and boxes holds on average, in bytes, as measured. */
const PER_ELEMENT = 4 * 1024;

/** From so many bytes on the engine is told. */
const ENOUGH = 6 * 1024 * 1024;

/** The block that it is told by, in bytes: a smaller one doesn't make it look. */
const BLOCK = 16 * 1024 * 1024;

let untold = 0;

/** Whether JavaScript runs in JavaScriptCore: WebKitGTK, and the web view of macOS. */
const isJavaScriptCore = (agent: string) => agent.includes('AppleWebKit') && !agent.includes('Chrome');

/** Gives the engine a block of memory that nobody wants: it takes no room until it is written to, and is counted in full. */
function tell(bytes: number): ArrayBuffer {
  return new ArrayBuffer(bytes);
}

/**
 * Notes elements that were taken out.
 *
 * JavaScriptCore looks for garbage when enough was allocated that it knows of. Of an element it knows a wrapper of some dozen bytes,
 * so that a window in which dialogs come and go, or pictures come in, keeps what it has shown: 80 openings of the command palette
 * left 80 MB. A block that is counted makes it look while the wrappers are young, which takes least time: then it is 30 MB.
 */
export function discarded(elements: number, agent = navigator.userAgent, give = tell): void {
  if (!isJavaScriptCore(agent)) return;
  untold += elements * PER_ELEMENT;
  if (untold < ENOUGH) return;
  untold = 0;
  // Not in the middle of what is being drawn.
  setTimeout(() => give(BLOCK));
}

/** Notes an element with all that is in it when it is taken out. */
export function counted(element: Element): () => void {
  return () => discarded(element.getElementsByTagName('*').length + 1);
}
