/** The client is read as it runs: short functions, nothing unused, nothing global but the browser's. */

import js from "@eslint/js";

const names = [
  ..."AbortController BroadcastChannel DataTransfer Event File FormData HTMLAnchorElement HTMLElement".split(" "),
  ..."Intl KeyboardEvent ResizeObserver URL URLSearchParams WebSocket addEventListener clearTimeout crypto".split(" "),
  ..."devicePixelRatio document fetch getComputedStyle history localStorage location matchMedia navigator".split(" "),
  ..."HTMLScriptElement setTimeout sessionStorage window console Response setImmediate".split(" "),
];

export default [
  { ignores: ["node_modules/", "client/vendor/"] },
  js.configs.recommended,
  {
    languageOptions: { globals: Object.fromEntries(names.map((name) => [name, "readonly"])) },
    rules: {
      complexity: ["error", 14],
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "max-params": ["error", 6],
      "no-implicit-globals": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "the policy forbids markup made of text" },
        { property: "outerHTML", message: "the policy forbids markup made of text" },
      ],
      "no-unused-expressions": "off",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
