"""Canonical JSON: the same value always gives the same bytes, so that anybody can hash it again.

Keys are sorted. The styles exist because hashes of each are stored in users' databases and must
stay verifiable; new hashes use `compact`.
"""

import json
from collections.abc import Callable
from typing import Final, Literal

JsonStyle = Literal["compact", "ascii", "spaced"]
NO_SPACES: Final = (",", ":")


def canonical_json(
    value: object,
    style: JsonStyle = "compact",
    default: Callable[[object], object] | None = None,
) -> bytes:
    """Return the JSON of a value as bytes; `default` converts what JSON does not know.

    compact   UTF-8, no spaces: packs of digests, calibration's cases and decisions
    ascii     escapes, no spaces: revisions of rules, registered experiments, simulations
    spaced    escapes, a space after commas and colons: fingerprints of a digest's inputs and
              candles, seeds of dry runs, marks of Coinbase's entries, fingerprints of requests

    ValueError for NaN and infinity, which JSON does not have; `spaced` has always written them.
    """
    text = json.dumps(
        value,
        allow_nan=style == "spaced",
        default=default,
        ensure_ascii=style != "compact",
        separators=None if style == "spaced" else NO_SPACES,
        sort_keys=True,
    )
    # half of a surrogate pair has no UTF-8; escaped it is still the same JSON
    return text.encode("utf-8", "backslashreplace")
