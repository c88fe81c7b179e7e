"""The sentences of a digest.

They are calm, in the past tense, about what happened and never about what to do. They hold no
number of their own: each stands in a figure, and each figure in the pack. The sentences of breaches
are those of their kinds, those of habits are brought by the habits: ours by their modules, those of
other packages by the pack, which reads the same where the package is gone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.digest.shape import DigestRow, DigestStatement, Figure, Guests, Pack
from coach.engine.rules.kinds.catalogue import KINDS

SENTENCES = {
    "trait.cost": (
        "The cost of {bias} was estimated at {estimate}, likely between {interval}, fees apart."
    ),
    "trait.unpriced": "No cost in prices was found in the days up to the week's end.",
    "trait.no_price": "No cost in prices was found for {bias}.",
    "trait.fees": "The fees that went with {bias} came to {fees}.",
    "trait.window": "This looked back on trades opened from {days}.",
    "rule.highlight": "A rule was broken {times}: {rule}.",
    "level.moved": "The evidence for {bias} went from {was} to {now}, measured over {n}.",
    "process.kept": "No rule was broken in {entries}.",
    "week.closed": "The week closed {closed}: won {wins}, lost {losses}, broke even {even}.",
    "week.unknown": (
        "The outcome of {unknown} is not known: it turns on fees in another coin that are not"
        " valued."
    ),
    "week.net": "After fees the result was {net}.",
    "week.without_fees": "Without the fees paid in {coins} the result was {net}.",
    "week.part": "{net} was realised from {open} (fees {fees}).",
    "week.opened": "The week opened {opened} and closed none.",
    "week.quiet": "No trade was opened or closed in this week.",
    "cost.fees": (
        "Fees of what was closed in the week came to {fees}; before fees the result was {gross}."
    ),
    "cost.valued_fees": (
        "Fees of what was closed in the week came to {fees} and what was paid in {coins}; before"
        " fees the result was {gross}."
    ),
    "cost.open": "Of this, {net} was realised from {open}, with fees of {fees} in it.",
    "cost.earlier": (
        "Trades that closed this week had realised {net} before it, with fees of {fees}; that"
        " counted in the weeks in which it happened."
    ),
    "cost.none": "Nothing was closed, so no fees were counted.",
    "rule.broken": "{rule}: broken {times}.",
    "rule.kept": "{rule}: kept in {entries}.",
    "rule.kept_until": "{rule}: kept in {entries}, until it expired on {expiry}.",
    "rule.expired": "{rule}: expired on {expiry}, before the week began.",
    "rule.paused": "{rule}: paused.",
    "rule.none": "No rule was active.",
    "breach.more": "And {more}.",
    "pattern.asked": (
        "{pattern}, measured over {n}. A rule may be the reason, so nothing is concluded from it."
        " The open question: {question}"
    ),
    "pattern.asked_of_all": (
        "{pattern}, measured over {n}. One rule may be the reason of these, so nothing is concluded"
        " from them. The open question: {question}"
    ),
    "pattern.seen": "{pattern}, measured over {n}.",
    "style.rule": "A confirmed rule: {rule}",
    "style.machine": (
        "This account was confirmed to be a bot or a copied account, so this page states facts and"
        " looks for no habits."
    ),
    "unknown.habit": "Too few trades to tell about {bias}: it takes {needed}.",
    "unknown.lacks": "Nothing to tell without {lacks}: {biases}.",
    "unknown.open": "Still open at the week's end, so without an outcome: {open}.",
    "unknown.doubtful": (
        "Open in the books and perhaps over, because such coins were sold under another quote,"
        " converted or sent away since: {doubtful}."
    ),
    "unknown.basis": (
        "Without a known purchase, so in no profit or loss: {sales}, {inside} of them this week."
        " An older statement may be missing or a row skipped; the coins may have come from"
        " elsewhere (a deposit, reward, convert or airdrop) or been bought under another quote; or"
        " shorts are possible there and not declared."
    ),
    "unknown.fees": "Fees paid in another coin and not valued: {fees}.",
    "unknown.all": "No fill was known up to the week's end.",
    "unknown.outside": (
        "What was read: {fills} from {first} to {last}. What lies outside is not known."
    ),
    "unknown.note": "{note}",
}

LEVELS = {
    "insufficient": "too few trades",
    "none": "no sign",
    "possible": "possible",
    "likely": "likely",
    "strong": "strong",
}

FOOTNOTE = "A likely range holds the true value about nine times in ten."

MEASURES = {
    "closed": "trades closed",
    "won": "won of decided (range)",
    "even": "broke even",
    "unknown": "outcome not known",
    "net": "result after fees",
    "net_without": "result without unvalued fees",
    "fees": "fees",
    "fees_without": "fees that are valued",
    "broken": "rules broken",
}


@dataclass(frozen=True, slots=True)
class Form:
    """How a form of output writes words from outside, and a figure with its evidence."""

    words: Callable[[str], str]
    figure: Callable[[Figure], str]


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One sentence; `detail` lines belong to the one above."""

    text: str
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A title and its lines."""

    title: str
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A digest in words. `table` rows are (measure, this week, the week before)."""

    title: str
    before_table: tuple[Section, ...]
    table_title: str
    table: tuple[tuple[str, str, str], ...]
    after_table: tuple[Section, ...]


def read(pack: Pack, form: Form) -> Page:
    """Put a pack into words."""
    changes, guests = pack["changes"], pack.get("habits", {})
    patterns = _section("Patterns and styles", pack.get("patterns", []), form, guests)
    moved = _section("Evidence that moved", changes["statements"], form, guests)
    return Page(
        title=f"Trading digest {form.figure(pack['period']['title'])}",
        before_table=(
            _section("Highlight", pack["highlight"]["statements"], form, guests),
            _section("What it cost", pack["cost"], form, guests),
            _section("Rules", pack["rules"], form, guests),
            *([patterns] if patterns.lines else []),
        ),
        table_title="What changed",
        table=(
            ("", "this week", "the week before"),
            *(_cells(row, form) for row in changes["rows"]),
        ),
        after_table=(
            *([moved] if moved.lines else []),
            _section("What is not known yet", pack["unknowns"], form, guests),
        ),
    )


def sentence(told: DigestStatement, form: Form, guests: Guests) -> str:
    """Say one statement."""
    words = {name: _term(name, term, form, guests) for name, term in told["terms"].items()}
    numbers = {name: form.figure(figure) for name, figure in told["figures"].items()}
    return template(told["say"], guests).format(**words, **numbers)


def template(say: str, guests: Guests) -> str:
    """Return the sentence of that name; that of a breach or a habit is its own."""
    about, _, name = say.partition(".")
    if about == "breach" and name in KINDS:
        return f"{{entry}}: {KINDS[name].breach}."
    if about == "trait" and say not in SENTENCES:
        return guests[name]["claim"] if name in guests else HABITS[name].words.claim
    return SENTENCES[say]


def _term(name: str, term: str, form: Form, guests: Guests) -> str:
    if name == "biases":
        return ", ".join(_habit(bias, form, guests) for bias in term.split(","))
    return _habit(term, form, guests) if name == "bias" else f'"{LEVELS[term]}"'


def _habit(bias: str, form: Form, guests: Guests) -> str:
    return form.words(guests[bias]["name"]) if bias in guests else HABITS[bias].words.name


def _section(title: str, statements: list[DigestStatement], form: Form, guests: Guests) -> Section:
    return Section(
        title,
        tuple(
            DigestLine(sentence(told, form, guests), detail=told["say"].startswith("breach."))
            for told in statements
        ),
    )


def _cells(row: DigestRow, form: Form) -> tuple[str, str, str]:
    currency = f", {form.words(row['currency'])}" if row["currency"] else ""
    measure = f"{MEASURES[row['measure']]}{currency}"
    return measure, form.figure(row["now"]), form.figure(row["before"])
