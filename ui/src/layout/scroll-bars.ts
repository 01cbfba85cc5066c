/** Whose scroll bars the window has. */

/** Whether the page is drawn by WebKitGTK, whose scroll bars lie over what can be pressed. Its name says Safari, on Linux. */
function drawnByWebKitGtk(agent: string): boolean {
  return agent.includes('Linux') && agent.includes('AppleWebKit') && !agent.includes('Chrome');
}

/** Has scroll bars stand beside what they scroll where they would lie over it: `styles/scrolling.css` draws them. */
export function placeScrollBars(agent = navigator.userAgent, root = document.documentElement): void {
  if (drawnByWebKitGtk(agent)) root.dataset['scrollBars'] = 'own';
  else delete root.dataset['scrollBars'];
}
