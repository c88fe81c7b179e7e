"""The sentences of a digest.

They are calm, in the past tense, about what happened and never about what to do. They hold no
number of their own: each stands in a figure, and each figure in the pack. The sentences of breaches
are those of their kinds, those of habits are brought by the habits: ours by their modules, those of
other packages by the pack, which reads the same where the package is gone.
"""

from collections.abc import Callable
from datetime import date

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.digest.shape import (
    DigestRow,
    DigestStatement,
    Figure,
    Guests,
    Pack,
)
from coach.engine.rules.kinds.catalogue import KINDS
from coach.values import dataclass

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
    "week.in_base": "All in one currency the result after fees was {net}.",
    "week.in_base_partly": "Without {left}, all in one currency, the result after fees was {net}.",
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
    "cost.in_base": "All in {currency}: fees were {fees}; gross result {gross}; after fees {net}.",
    "cost.in_base_partly": (
        "In {currency}, as far as it is converted: fees were {fees}; gross result {gross}; after"
        " fees {net}."
    ),
    "cost.rates": "Each close was converted at its own candle: {rates}.",
    "cost.not_converted": (
        "Not converted to {currency} and in no sum of it, since no stored candle contains its"
        " moment: {net} of {closes}."
    ),
    "rule.broken": "{rule}: broken {times}.",
    "rule.kept": "{rule}: kept in {entries}.",
    "rule.kept_until": "{rule}: kept in {entries}, until it expired on {expiry}.",
    "rule.expired": "{rule}: expired on {expiry}, before the week began.",
    "rule.paused": "{rule}: paused.",
    "rule.none": "No rule was active.",
    "commitment.signed": 'Signed on {day} for this moment: "{text}"',
    "commitment.for_all": 'Signed on {day} for the breach of any rule: "{text}"',
    "asked.before": "{checks}; of {trades} that were opened {asked} came after one.",
    "asked.followed": "Followed {followed} of {answers} that named a broken rule.",
    "asked.pending": "What was done after {pending} is not known yet.",
    "asked.unscored": (
        "Confidence was given for {closed} so far; it takes {needed} to say how right it is."
    ),
    "asked.scored": (
        "Confidence was {mean} on average over {closed}, and {right} closed with a profit after"
        " fees: a Brier score of {score}, likely between {interval}."
    ),
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
    "proposal.rule": "A rule that answers {bias}: {rule}.",
    "proposal.none": "None: nothing was found that lacks a rule.",
    "win.again": "{rule}: kept in {entries}, after it was broken {times} in the week before.",
    "win.weaker": ("The evidence for {bias} weakened from {was} to {now}, measured over {n}."),
    "win.fewer": "Rules were broken {now}, after {before} in the week before.",
    "win.kept": "{rule}: kept in {entries}.",
    "win.none": "None that is counted: a profit may be luck, a rule that was kept is not.",
    "flag.entry": "{entry}: {bias}, or not?",
    "flag.more": "And {more}.",
    "flag.none": "None: nothing of the week was flagged.",
    "unknown.habit": "Too few trades to tell about {bias}: it takes {needed}.",
    "unknown.lacks": "Nothing to tell without {lacks}: {biases}.",
    "unknown.open": "Still open at the week's end, so without an outcome: {open}.",
    "unknown.departed": (
        "No longer held though no sale of theirs closed them, since their coins were sold under"
        " another quote, converted or sent away: {departed}; without an outcome."
    ),
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

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

DETAILS = ("breach.", "commitment.signed")
"""Statements that belong to the one above them."""
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
    "net_in_base": "all results after fees",
    "net_in_base_partly": "results after fees that are converted",
    "fees_in_base": "all fees",
    "fees_in_base_partly": "fees that are converted",
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
class DigestTable:
    """A title, a head of three cells and rows; `as_line` says a row where no table has room."""

    title: str
    rows: tuple[tuple[str, str, str], ...]
    as_line: str


@dataclass(frozen=True, slots=True)
class Page:
    """A digest in words, in the order in which it is read.

    `story` begins with the highlight and the cost. `changes` are (measure, this week, the week
    before), `days` (day, result, entries), None where nothing happened. `details` are what a
    reader folds away: the rules one by one.
    """

    title: str
    story: tuple[Section, ...]
    changes: DigestTable
    days: DigestTable | None
    after_tables: tuple[Section, ...]
    details: tuple[Section, ...]

    def tables(self) -> tuple[DigestTable, ...]:
        """Return the tables that there are."""
        return (self.changes,) if self.days is None else (self.changes, self.days)


def read(pack: Pack, form: Form) -> Page:
    """Put a pack into words."""
    guests = pack.get("habits", {})

    def section(title: str, statements: list[DigestStatement]) -> Section:
        return _section(title, statements, form, guests)

    story = (
        section("Highlight", pack["highlight"]["statements"]),
        section("What it cost", pack["cost"]),
        section("Proposed rule", pack.get("proposal", [])),
        section("A win", pack.get("win", [])),
        section("Entries to judge", pack.get("flags", [])),
        section("Patterns and styles", pack.get("patterns", [])),
        section("Asked before trading", pack.get("asked", [])),
    )
    after = (
        section("Evidence that moved", pack["changes"]["statements"]),
        section("What is not known yet", pack["unknowns"]),
    )
    details = (section("Rules", pack["rules"]),)
    return Page(
        title=f"Trading digest {form.figure(pack['period']['title'])}",
        story=_with_lines(story),
        changes=_changes(pack, form),
        days=_days(pack, form),
        after_tables=_with_lines(after),
        details=_with_lines(details),
    )


def _with_lines(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    return tuple(one for one in sections if one.lines)


def _changes(pack: Pack, form: Form) -> DigestTable:
    rows = (_cells(row, form) for row in pack["changes"]["rows"])
    head = ("", "this week", "the week before")
    return DigestTable("What changed", (head, *rows), "{}: {}, the week before {}")


def _days(pack: Pack, form: Form) -> DigestTable | None:
    days = pack.get("days")
    if days is None or not days["rows"]:
        return None
    money = (_cited(f"result in {days['currency']}", days["money"], form),) if days["money"] else ()
    cited = ", ".join((*money, _cited("entries", days["entries"], form)))
    rows = (
        (
            day_name(row["day"]),
            form.words(row["net"]["shown"]) if "net" in row else "",
            form.words(row["entries"]["shown"]),
        )
        for row in days["rows"]
    )
    head = ("", "result" if money else "", "entries")
    return DigestTable(f"Day by day: {cited}", (head, *rows), "{}: {}, entries {}")


def _cited(words: str, evidence: str, form: Form) -> str:
    return form.figure({"shown": words, "value": words, "evidence": evidence})


def day_name(day: str) -> str:
    """Return a date with its weekday: `Mon 2026-03-30`."""
    return f"{WEEKDAYS[date.fromisoformat(day).weekday()]} {day}"


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
            DigestLine(sentence(told, form, guests), detail=told["say"].startswith(DETAILS))
            for told in statements
        ),
    )


def _cells(row: DigestRow, form: Form) -> tuple[str, str, str]:
    currency = f", {form.words(row['currency'])}" if row["currency"] else ""
    measure = f"{MEASURES[row['measure']]}{currency}"
    return measure, form.figure(row["now"]), form.figure(row["before"])
