"""Limits of guessing a password: for an account, for an address, and for all together.

Each is a bucket of tries that fills again slowly, so that the wait grows with the guesses and no
account is ever locked for good. Every try is counted twice: in the store that all servers share,
and in this process, so that a store that is down or was emptied lets nobody guess anew. Who has
signed in from an address before has tries of their own there: those who guess elsewhere do not
lock them out. A name that nobody has is counted like any other.
"""

from dataclasses import dataclass, field
from hashlib import blake2b
from unicodedata import normalize

from coach.engine.api.live.limits import HotStore, TokenBucket, network_of

BY_ACCOUNT = TokenBucket(10, 1 / 120)
"""Ten at once, then one in two minutes: 730 guesses a day, from however many addresses."""
BY_ADDRESS = TokenBucket(20, 1 / 30)
BY_ALL = TokenBucket(200, 2)
FROM_KNOWN_ADDRESS = TokenBucket(10, 1 / 60)
KNOWN_FOR_S = 30 * 86_400.0
NOW = 0.0


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """Says whether a password may be tried; `shared` is for all servers, `own` this process's.

    Any thread may ask. Neither store may raise HotStoreDown: `shared` is one that is lenient.
    """

    shared: HotStore
    own: HotStore
    stores: tuple[HotStore, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stores", (self.own, self.shared))

    def admit(self, account: str, address: str) -> float:
        """Take a try at an account from an address; return 0, or the seconds to wait for one.

        It is taken before the password is looked at. What one bucket gave is not put back where
        another refuses, but who is refused by an address takes nothing from the account.
        """
        network = _network(address)
        if self._is_known(account, network):
            return self._draw(f"known|{_short(account, network)}", FROM_KNOWN_ADDRESS)
        return (
            self._draw(f"address|{network}", BY_ADDRESS)
            or self._draw(f"account|{_short(account)}", BY_ACCOUNT)
            or self._draw("all", BY_ALL)
        )

    def succeeded(self, account: str, address: str) -> None:
        """Note that somebody has signed in, with everything that it takes, from an address."""
        for store in self.stores:
            store.put(_known(account, _network(address)), b"1", KNOWN_FOR_S)

    def _draw(self, name: str, bucket: TokenBucket) -> float:
        """Take a try from a bucket of this process and from that of all servers."""
        for store in self.stores:
            wait_s = store.draw(f"login|{name}", bucket, 1).wait_s
            if wait_s > NOW:
                return wait_s
        return NOW

    def _is_known(self, account: str, network: str) -> bool:
        key = _known(account, network)
        return any(store.get(key) is not None for store in self.stores)


def _known(account: str, network: str) -> str:
    return f"login|has-signed-in|{_short(account, network)}"


def _short(*words: str) -> str:
    """Return what stands for these words, however long they are: a key holds little."""
    same = (normalize("NFKC", word).casefold().strip() for word in words)
    return blake2b("\0".join(same).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _network(address: str) -> str:
    try:
        return network_of(address)
    except ValueError:
        return _short(address)
