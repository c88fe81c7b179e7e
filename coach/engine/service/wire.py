"""Typed values as MessagePack and back: no digit, no microsecond and no bit of a float is lost.

A value is decoded into the type that its place has, never into one that the sender names. Decimals
are text, times in UTC carry their nanoseconds, columns are the bytes of their array.
"""

from typing import Any, TypeVar

import msgspec
import numpy as np

from coach.errors import CoachError

T = TypeVar("T")
DTYPES = {"<f8": np.float64, "<i8": np.int64, "|b1": np.bool_}


class NotOnTheWire(CoachError):
    """another version of coach sent this, or somebody else: {reason}"""  # noqa: D400, D415 -- a message

    code = "E_CONTRACT"


def encode(value: object) -> bytes:
    """Return a value as MessagePack; sets are sorted, so equal values have equal bytes."""
    return _ENCODER.encode(value)


def decode(data: bytes, kind: type[T]) -> T:
    """Return the value of that type; NotOnTheWire where the bytes are none."""
    try:
        return msgspec.msgpack.decode(data, type=kind, dec_hook=_from_plain)
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError) as trouble:
        raise NotOnTheWire(reason=str(trouble)) from None


def _to_plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        kind = value.dtype.str
        if kind not in DTYPES or value.ndim != 1:
            raise NotImplementedError(f"a column of {kind}")
        return [kind, value.tobytes()]
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(f"{type(value).__name__} has no form on the wire")


def _from_plain(kind: Any, value: Any) -> Any:  # noqa: ANN401 -- whatever a type has as a field
    if getattr(kind, "__origin__", kind) is not np.ndarray:
        raise ValueError(f"{kind} has no form on the wire")
    name, raw = value
    return np.frombuffer(raw, DTYPES[name]).copy()


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_to_plain, order="deterministic")
