/** Removes the fragment from the address bar and the history, so that nobody finds there what it holds. */
export function forgetFragment(): void {
  window.history.replaceState(window.history.state, "", window.location.pathname);
}
