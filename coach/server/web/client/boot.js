// Runs before the first paint: the theme and the privacy that this browser was left in.
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
})();
