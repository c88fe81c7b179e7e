/** The client: the shell around the screens, and what keeps them up to date. */

import { ask, reached, seams, send, waiting } from "./core/api.js";
import { html } from "./core/html.js";
import { addKeys, areas, followKeys } from "./core/keys.js";
import { followLooks, isPrivate, nextTheme, switchPrivacy, theme } from "./core/looks.js";
import { Resource } from "./core/resource.js";
import { followAddress, go, place } from "./core/router.js";
import { Dialog, askPerson } from "./parts/dialog.js";
import { GUARD_PATH, Guard, guard } from "./parts/guard.js";
import { Notices, say, undoLast } from "./parts/notices.js";
import { Trouble, Waiting } from "./parts/states.js";
import { applied, connection, followEvents } from "./stream/live.js";
import { useEffect, useState } from "./vendor/hooks.js";
import { render } from "./vendor/preact.js";
import { signal } from "./vendor/signals.js";

/** @typedef {{name: string, title: string, key: string, load: () => Promise<{Screen: any}>}} ScreenEntry */

/** @type {ScreenEntry[]} The nouns of the terminal, in its order. */
const SCREENS = [
  { name: "week", title: "Week", key: "1", load: () => import("./screens/week.js") },
  { name: "trades", title: "Trades", key: "2", load: () => import("./screens/trades.js") },
  { name: "habits", title: "Habits", key: "3", load: () => import("./screens/habits.js") },
  { name: "rules", title: "Rules", key: "4", load: () => import("./screens/rules.js") },
  { name: "what-if", title: "What-if", key: "5", load: () => import("./screens/what_if.js") },
  { name: "reflect", title: "Reflect", key: "6", load: () => import("./screens/reflect.js") },
  { name: "imports", title: "Imports", key: "7", load: () => import("./screens/imports.js") },
  { name: "accounts", title: "Accounts", key: "8", load: () => import("./screens/accounts.js") },
  { name: "settings", title: "Settings", key: "9", load: () => import("./screens/settings.js") },
];
const SETTLED_MS = 150;

/** @type {Set<Resource>} Every resource that a screen shows now. */
const open = new Set();
const shell = new Resource(["question.", "rule.", "zone.changed", "label.", "bias.", "trait."]);
const keysShown = signal(false);

/** What a screen gets: how to show a resource while it is open, and who is served. */
const desk = {
  /** @param {Resource} resource */
  watch(resource) {
    open.add(resource);
    return () => {
      open.delete(resource);
      resource.leave();
    };
  },
  shell,
};

/** @type {Set<Resource>} */
const stale = new Set();
let timer = 0;

/**
 * Read anew what these events change, once they settle.
 * @param {string[]} types
 * @param {boolean} anew
 */
function apply(types, anew) {
  for (const one of [shell, guard, ...open]) {
    if (anew || types.some((type) => one.lives(type))) stale.add(one);
  }
  clearTimeout(timer);
  timer = setTimeout(() => {
    for (const one of stale) void one.load();
    stale.clear();
  }, SETTLED_MS);
}

/** Ask for the password once more; true where it was right. */
async function confirmPerson() {
  const password = await askPerson({
    title: "Is it you?",
    body: html`<p>This takes a password that was given just now.</p>`,
    label: "Password",
    secret: true,
    yes: "Confirm",
  });
  if (!password) return false;
  try {
    await send("/api/session/confirmation", { body: { password } });
    return true;
  } catch (error) {
    say(/** @type {Error} */ (error).message, "trouble");
    return false;
  }
}

function copyCommand() {
  const commands = document.querySelector("[data-command]");
  const text = commands?.getAttribute("data-command") ?? "coach status";
  navigator.clipboard?.writeText(text).then(
    () => say(`copied: ${text}`),
    () => say(text),
  );
}

/** @param {number} by */
function beside(by) {
  const at = SCREENS.findIndex((one) => one.name === place.value.screen);
  const there = SCREENS[(at + by + SCREENS.length) % SCREENS.length];
  if (there) go(there.name);
}

const KEYS = [
  ...SCREENS.map(({ key, title, name }) => ({ key, what: title, run: () => go(name) })),
  { key: "?", what: "All keys", run: () => (keysShown.value = !keysShown.value) },
  { key: "p", what: "Hide money and sizes", run: switchPrivacy },
  { key: "t", what: "Next theme", run: nextTheme },
  { key: "y", what: "Copy the command that shows the same", run: copyCommand },
  { key: "z", what: "Undo the last change", run: () => void undoLast() },
  { key: "r", what: "Read again", run: () => apply([], true) },
  { key: "]", what: "Next screen", run: () => beside(1) },
  { key: "[", what: "Previous screen", run: () => beside(-1) },
];

function Nav() {
  const waits = shell.found.value.data?.waiting ?? {};
  return html`<nav aria-label="Screens">
    <ul>
      ${SCREENS.map(({ name, title, key }) => {
        const count = waits[name] ?? 0;
        return html`<li key=${name}>
          <a
            href=${`/${name}`}
            data-screen
            aria-current=${place.value.screen === name ? "page" : undefined}
            ><span>${title}</span>${count > 0 &&
            html`<span class="count" aria-label=${`${count} waiting`}>${count}</span>`}<kbd
              aria-hidden="true"
              >${key}</kbd
            ></a
          >
        </li>`;
      })}
    </ul>
  </nav>`;
}

function Connection() {
  const { state, waitMs } = connection.value;
  if (waiting.value > 0) {
    return html`<p class="status away" role="status">
      Too much was asked. It goes on by itself in ${waiting.value} s; what you typed is kept.
    </p>`;
  }
  if (state === "away" || !reached.value) {
    return html`<p class="status away" role="status">
      The server does not answer. Trying again${waitMs ? ` in ${Math.ceil(waitMs / 1000)} s` : ""}.
    </p>`;
  }
  return null;
}

function Top() {
  const who = shell.found.value.data;
  return html`<header class="top">
    <a class="brand" href="/week" data-screen><span class="mark" aria-hidden="true"></span>coach</a>
    <div class="tools">
      <span class="live" title="Events come as they happen" data-state=${connection.value.state}>
        <span class="visually-hidden">Connection: </span>${connection.value.state === "live"
          ? "live"
          : "connecting"}
      </span>
      <button
        type="button"
        class="tool"
        aria-pressed=${isPrivate.value}
        title="Hide money and sizes (p)"
        onClick=${switchPrivacy}
      >
        ${isPrivate.value ? "Show money" : "Hide money"}
      </button>
      <button type="button" class="tool" title="Next theme (t)" onClick=${nextTheme}>
        <span class="visually-hidden">Theme: </span>${theme.value}
      </button>
      <button
        type="button"
        class="tool wide-only"
        title="All keys (?)"
        onClick=${() => (keysShown.value = true)}
      >
        Keys
      </button>
      ${who?.signed_in && html`<a class="tool" href="/account">Your account</a>`}
    </div>
  </header>`;
}

function Keys() {
  if (!keysShown.value) return null;
  const close = () => (keysShown.value = false);
  return html`<dialog
    class="keys"
    aria-labelledby="keys-title"
    ref=${(/** @type {HTMLDialogElement | null} */ one) => one && !one.open && one.showModal()}
    onClose=${close}
    onClick=${(/** @type {Event} */ event) => event.target === event.currentTarget && close()}
  >
    <h2 id="keys-title">Keys</h2>
    ${[...areas.value].reverse().map(
      ({ name, actions }) => html`<section key=${name}>
        <h3>${name}</h3>
        <dl>
          ${actions.map(
            ({ key, what }) => html`<div key=${key}>
              <dt>${key.split(" ").map((one) => html`<kbd key=${one}>${one}</kbd>`)}</dt>
              <dd>${what}</dd>
            </div>`,
          )}
        </dl>
      </section>`,
    )}
    <p class="actions"><button type="button" class="primary" onClick=${close}>Close</button></p>
  </dialog>`;
}

/** @type {Map<string, any>} */
const loaded = new Map();

function Main() {
  const { screen, query } = place.value;
  const entry = SCREENS.find((one) => one.name === screen);
  const [, redraw] = useState(0);
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  useEffect(() => {
    document.title = entry ? `${entry.title} · coach` : "coach";
    setError(null);
    if (!entry || loaded.has(screen)) return;
    entry.load().then(
      (found) => {
        loaded.set(screen, found.Screen);
        redraw((count) => count + 1);
      },
      () => setError(new Error("this screen could not be loaded; load the page again")),
    );
  }, [screen]);
  const Screen = loaded.get(screen);
  return html`<main id="main" tabindex="-1" class=${`screen ${screen}`}>
    ${!entry && html`<${Trouble} error=${{ message: "there is no such screen" }} />`}
    ${error && html`<${Trouble} error=${error} />`}
    ${entry && !error && !Screen && html`<${Waiting} what=${entry.title} />`}
    ${Screen && html`<${Screen} key=${screen} desk=${desk} query=${query} />`}
  </main>`;
}

function App() {
  return html`<a class="skip" href="#main">To the content</a>
    <${Top} />
    <${Nav} />
    <${Connection} />
    <${Guard} />
    <${Main} />
    <${Notices} />
    <${Dialog} />
    <${Keys} />`;
}

/** The page is there: what boot.js counted begins anew. */
function forgetTries() {
  try {
    sessionStorage.removeItem("coach.tries");
  } catch {
    // A browser that keeps nothing has counted nothing.
  }
}

async function start() {
  forgetTries();
  followLooks();
  followAddress();
  followKeys();
  addKeys("Everywhere", KEYS);
  seams.confirm = confirmPerson;
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  app.replaceChildren();
  render(html`<${App} />`, app);
  await Promise.all([shell.open("/api/screens/shell"), guard.open(GUARD_PATH)]);
  followEvents(apply, shell.found.value.data?.head ?? null);
}

// For tests and for whoever looks into the console: what was applied, and how the stream stands.
Object.assign(globalThis, { coachState: { applied, connection, ask } });
void start();
