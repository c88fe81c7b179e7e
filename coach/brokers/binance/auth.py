"""A Binance API key: the key itself and its secret, which signs by HMAC-SHA256.

The secret stands in no repr, and no error carries it. Keys that sign by RSA or Ed25519 are not
taken.
"""

from dataclasses import dataclass

from coach.brokers.key_halves import NAME_LENGTH, halves, is_half
from coach.errors import Invalid
from coach.model.machine.secrets import Secret

WHERE_TO_GET_ONE = (
    "write the API key on one line and the secret key on the next, as Binance shows them when a"
    " system-generated (HMAC) key is made"
)


@dataclass(frozen=True, slots=True)
class BinanceKey:
    """The public half that is sent, and the secret that signs."""

    public: Secret
    secret: Secret

    @property
    def name(self) -> str:
        """Return the beginning of the public half, by which a person knows the key."""
        return self.public.reveal()[:NAME_LENGTH]


def read_key(text: str) -> BinanceKey:
    """Read a key, or raise Invalid without a word of what the text held."""
    public, secret = halves(text)
    if not (is_half(public) and is_half(secret) and public.isalnum() and secret.isalnum()):
        reason = "without an API key and a secret key"
        raise Invalid("key_file", reason, "the two halves of a Binance key", hint=WHERE_TO_GET_ONE)
    return BinanceKey(Secret(public), Secret(secret))
