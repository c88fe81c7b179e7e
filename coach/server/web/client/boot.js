// Runs before the first paint: the theme and the privacy that this browser was left in. A script that does not come
// through, as while a network changes, leaves no page: it is loaded again, three times at most until one is there.
"use strict";
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("coach.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("coach.private") === "yes") root.dataset.private = "";
  } catch {
    // A browser that keeps nothing for us shows what it shows by default.
  }
  /** @param {Event} event */
  const again = ({ target }) => {
    if (!(target instanceof HTMLScriptElement)) return;
    try {
      const tries = Number(sessionStorage.getItem("coach.tries")) + 1;
      sessionStorage.setItem("coach.tries", String(tries));
      if (tries <= 3) setTimeout(() => location.reload(), 400 * tries);
    } catch {
      // Without a count it might never end.
    }
  };
  addEventListener("error", again, true);
})();
