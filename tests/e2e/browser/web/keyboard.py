"""A walk through a page by the Tab key: where it stops, and what it never reaches.

A page's script is watched from its beginning: whatever listens for clicks or changes is known to be
a control, whether it looks like one or not.
"""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

WATCH = """(() => {
  const listening = new Set()
  const add = EventTarget.prototype.addEventListener
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (this instanceof Element && ['click', 'change', 'input'].includes(type)) listening.add(this)
    return add.call(this, type, ...rest)
  }
  const NATIVE = 'a[href], button, input, select, textarea, summary, '
    + '[tabindex]:not([tabindex="-1"])'
  const stops = []
  const ringed = (one) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one)
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && !/, 0\\)$/.test(outlineColor)
  }
  const ringOf = (one) => [one, one.closest('label')].find((each) => each && ringed(each))
  const isSeen = (one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect()
    const [x, y] = [(Math.max(0, left) + Math.min(innerWidth, right)) / 2,
      (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2]
    const there = document.elementFromPoint(x, y)
    return Boolean(there) && (one.contains(there) || there.contains(one))
  }
  const nameOf = (one) => {
    const words = one.getAttribute('aria-label') ?? one.labels?.[0]?.innerText ?? one.innerText
    const shown = (words ?? '').trim().slice(0, 40)
    return `${one.localName}.${one.className} ${shown}`.replace(/\\s+/g, ' ')
  }
  document.addEventListener('focusin', ({ target }) => {
    const ring = ringOf(target)
    stops.push({ target, wrong: !ring ? 'no ring' : isSeen(ring) ? '' : 'out of sight' })
  })
  const isThere = (one) => one.isConnected && !one.disabled && !one.closest('[inert]')
    && one.getClientRects().length > 0 && one.checkVisibility({ visibilityProperty: true })
  const group = (one) => one.matches('[type=radio]') ? `input[name="${one.name}"]`
    : one.matches('.day') ? '.day' : one.matches('[role=row]') ? '.grid-body [role=row]' : null
  window.tabWalk = {
    begin() { stops.length = 0 },
    count: () => stops.length,
    isRound: () => new Set(stops.map((one) => one.target)).size < stops.length,
    told() {
      const inside = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document
      const controls = new Set([...inside.querySelectorAll(NATIVE), ...listening])
      const reached = stops.map((one) => one.target)
      const isReached = (one) => reached.some((stop) => one.contains(stop) || stop.contains(one)
        || (group(one) && stop.matches(group(one))))
      const wanted = [...controls].filter((one) => inside.contains(one) && isThere(one))
      return {
        missed: wanted.filter((one) => !isReached(one)).map(nameOf),
        unseen: stops.filter((one) => one.wrong && one.target.isConnected)
          .map((one) => `${nameOf(one.target)}: ${one.wrong}`),
        stops: reached.map(nameOf),
      }
    },
  }
})()"""
AT_ONCE = 25
MOST_STOPS = 600


@dataclass(frozen=True)
class Walk:
    """Where the Tab key stopped, what it never reached, and where the focus could not be seen."""

    stops: list[str]
    missed: list[str]
    unseen: list[str]


def walk(page: Page) -> Walk:
    """Press Tab until the focus comes round."""
    page.evaluate("() => tabWalk.begin()")
    while not page.evaluate("() => tabWalk.isRound()"):
        for _ in range(AT_ONCE):
            page.keyboard.press("Tab")
        assert page.evaluate("() => tabWalk.count()") in range(1, MOST_STOPS)
    told = page.evaluate("() => tabWalk.told()")
    return Walk(told["stops"], told["missed"], told["unseen"])


def faults(page: Page, where: str) -> list[str]:
    """Return what the Tab key never reaches in a page, and where the focus cannot be seen."""
    found = walk(page)
    return [
        *(f"{where}: never reached: {one}" for one in found.missed),
        *(f"{where}: {one}" for one in sorted(set(found.unseen))),
    ]


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until a control has the focus."""
    for _ in range(MOST_STOPS):
        if control.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(str(control))
