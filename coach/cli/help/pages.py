"""The pages that come with coach, and what a word finds in them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from coach.cli.help.markdown import plain, rendered, section, title
from coach.cli.help.topics import TOPICS, Topic
from coach.files import documents

ERRORS = "errors.md"
CODE = re.compile(r"^### (E_\w+)$", re.MULTILINE)
TERM = re.compile(r"^\| ([^|]+?) \| (.+) \| [^|]* \|$", re.MULTILINE)
NOT_TERMS = frozenset({"term", "---"})
ROOMS = ("biases", "rules", "runbooks", "statements")
FORMAT = re.compile(r"^## (.*\(`([a-z0-9-]+)`\))$", re.MULTILINE)


class HelpPage(NamedTuple):
    """A page of help: what it is on, its heading, and its text."""

    topic: str
    title: str
    markdown: str

    def lines(self, width: int, *, columns: bool = True) -> list[str]:
        """Return the page as plain lines of at most so many columns, tables row by row without."""
        return rendered(self.markdown, width, columns=columns)


def find(words: str) -> HelpPage | None:
    """Return the page on a topic, a habit, a kind of rule, a format, an error's code or a term."""
    wanted = same_word(words)
    for name, topic in TOPICS.items():
        if wanted in map(same_word, (name, *topic.also)):
            return _page(name, topic)
    for room in ROOMS:
        for file in sorted((documents() / room).glob("*.md")):
            if same_word(file.stem) == wanted:
                text = file.read_text("utf-8")
                return HelpPage(file.stem, title(text), text)
    if (of_format := _page_of_format(wanted)) is not None:
        return of_format
    for code in error_codes() if wanted.startswith("e ") else ():
        if same_word(code) == wanted:
            return HelpPage(code, code, section((documents() / ERRORS).read_text("utf-8"), code))
    return next((page for page in terms() if wanted in map(same_word, names_in(page))), None)


def error_codes() -> list[str]:
    """Return the code of every error that the pages explain."""
    return CODE.findall((documents() / ERRORS).read_text("utf-8"))


def same_word(words: str) -> str:
    """Return words as they are compared: `Exit-Codes` is `exit code`, `dry_run` is `dry run`."""
    return re.sub(r"[\s_-]+", " ", words.strip().lower()).removesuffix("s")


def names_in(page: HelpPage) -> Iterator[str]:
    """Yield every word for a term: `job, run` is two."""
    yield page.topic
    yield from re.findall(r"[^,()]+", page.topic)


def terms() -> Iterator[HelpPage]:
    """Yield a page for each term of the glossary."""
    for term, meaning in TERM.findall((documents() / "glossary.md").read_text("utf-8")):
        name = plain(term)
        if name not in NOT_TERMS:
            yield HelpPage(name, name, f"# {term}\n\n{meaning}")


def pages_of(room: str) -> list[str]:
    """Return the names that have a page each: of `biases` the habits, of `rules` the kinds.

    Of `statements` they are the exports of each broker.
    """
    return sorted(file.stem for file in (documents() / room).glob("*.md"))


def every_name() -> Iterator[str]:
    """Yield every word that has a page."""
    for name, topic in TOPICS.items():
        yield from (name, *topic.also)
    for room in ROOMS:
        yield from pages_of(room)
    yield from _formats()
    yield from error_codes()
    for page in terms():
        yield from (name.strip() for name in names_in(page))


def _formats() -> dict[str, tuple[str, str]]:
    """Return the page and the heading of each format by its name."""
    texts = (file.read_text("utf-8") for file in sorted((documents() / "statements").glob("*.md")))
    return {name: (text, heading) for text in texts for heading, name in FORMAT.findall(text)}


def _page_of_format(wanted: str) -> HelpPage | None:
    for name, (text, heading) in _formats().items():
        if same_word(name) == wanted:
            return HelpPage(name, plain(heading), section(text, heading))
    return None


def _page(name: str, topic: Topic) -> HelpPage:
    text = (documents() / topic.page).read_text("utf-8")
    if topic.sections:
        text = "\n\n".join(section(text, heading) for heading in topic.sections)
    return HelpPage(name, title(text), text)
