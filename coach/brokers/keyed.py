"""What brokers that are read under one key have in common, whichever they are."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Generic, TypeVar

from coach.brokers.adapter import BrokerPlace, OpenBroker, Revocation
from coach.brokers.base import SourceInfo
from coach.brokers.entries import EntryPlace, EntryReading
from coach.brokers.live.stream import FillStream
from coach.errors import NotTaken

B = TypeVar("B", bound=OpenBroker)


@dataclass(frozen=True, slots=True)
class KeyedAdapter(Generic[B]):
    """A broker that is opened with the text of a key; see BrokerAdapter.

    `name_of` reads the public name of a key. `pairs_of` checks the pairs that a person chose, where
    the broker tells trades pair by pair. `login_url` and `login_scopes` are of brokers whose own
    page gives grants (OAuth). `tells_entries` where what else moved coins is told, too.
    `stream_feature` has to be on where the broker's stream is to be followed.
    """

    info: SourceInfo
    base_url: str
    window: timedelta
    weakest_key: str
    name_of: Callable[[str], str]
    opener: Callable[[str, BrokerPlace], B]
    feature: str = ""
    pairs_of: Callable[[Sequence[str]], tuple[str, ...]] | None = None
    login_url: str = ""
    login_scopes: tuple[str, ...] = ()
    tells_entries: bool = False
    stream_feature: str = ""

    @property
    def needs_pairs(self) -> bool:
        """Return whether the broker has to be told which pairs to tell of."""
        return self.pairs_of is not None

    def key_name(self, key_text: str) -> str:
        """Return the public name of a key; Invalid for a text that holds none."""
        return self.name_of(key_text)

    def check_pairs(self, pairs: Sequence[str]) -> tuple[str, ...]:
        """Return chosen pairs as they are kept; UsageError for those that cannot be read."""
        if self.pairs_of is not None:
            return self.pairs_of(pairs)
        if pairs:
            raise NotTaken(f"an account at {self.info.broker}", "pair")
        return ()

    def open(self, key_text: str, place: BrokerPlace) -> B:
        """Open the broker under a key."""
        return self.opener(key_text, place)


class OpenUnderKey:
    """The part of an open broker that is the same for all whose keys cannot end themselves."""

    sayings: ClassVar[Mapping[str, str]]
    how_to_check: ClassVar[str]

    def describe(self, counts: Mapping[str, int]) -> Iterator[str]:
        """Yield what a reader should know."""
        for what, saying in self.sayings.items():
            if counts.get(what):
                yield f"{saying}: {counts[what]}"

    def listed(self, pairs: Iterable[str]) -> frozenset[str]:
        """Return those of some pairs that can be read: all, where none has to be named."""
        return frozenset(pairs)

    def entries(self, _place: EntryPlace, _since: datetime | None) -> EntryReading | None:
        """Return no list of its own: what else moved coins comes with the fills, if at all."""
        return None

    def stream(self) -> FillStream | None:
        """Return no stream: fills are asked for."""
        return None

    def stream_token(self) -> str:
        """Return no token: the stream takes none."""
        return ""

    def revoke(self) -> Revocation:
        """Say how to delete the key: no key can delete itself."""
        return Revocation(revoked=False, how_to_check=self.how_to_check)
