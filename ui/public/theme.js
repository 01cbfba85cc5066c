// Before the first paint: a window that is to be dark is never white first. The app itself loads after that.
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Without storage it begins as the system is.
}
