"""Where candles may come from, as the user has it."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from coach.model.machine.secrets import Secret
from coach.values import dataclass

FREE_SOURCES = ("coinbase", "binance")
VENDORS = ("coinapi", "alphavantage")
KNOWN_SOURCES = (*FREE_SOURCES, *VENDORS)


@dataclass(frozen=True, slots=True)
class SourceWishes:
    """The sources that may be asked, most wanted first, and the vendors' keys.

    `auto` says whether a sync of fills may fetch candles of its own accord.
    """

    enabled: tuple[str, ...] = FREE_SOURCES
    auto: bool = False
    keys: Mapping[str, Secret] = field(default_factory=lambda: MappingProxyType({}), repr=False)
