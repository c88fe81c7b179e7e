"""Asking Binance: one signed request at a time, within a budget that all of an address share.

Binance counts the spot market, the wallet and margin, and futures apart. Of each budget coach takes
less than half: candles are asked for from the same address, and so may other programs be. The clock
is believed until Binance does not accept a time stamp; then its own clock is asked, once, and the
difference is added to ours.
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coach.brokers.adapter import BrokerPlace
from coach.brokers.binance.answers import BROKER, AnswerTrouble
from coach.brokers.binance.auth import BinanceKey
from coach.brokers.net.budget import WeightLimit
from coach.brokers.net.client import HttpClient, HttpLimits
from coach.brokers.net.patience import Patience, Trouble
from coach.brokers.net.verdicts import later, of_no_answer
from coach.errors import BrokerTrouble
from coach.model.times import MINUTE_S, microseconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.brokers.binance.library import BoundedLibrary

BASE_URL = "https://api.binance.com"
FUTURES_URL = "https://fapi.binance.com"
SPOT = WeightLimit("spot", 2_400.0, 6_000.0, "x-mbx-used-weight-1m")
WALLET = WeightLimit("wallet", 4_800.0, 12_000.0, "x-sapi-used-ip-weight-1m")
FUTURES = WeightLimit("futures", 960.0, 2_400.0, "x-mbx-used-weight-1m")
EVERY_LIMIT = (SPOT, WALLET, FUTURES)
NEARLY_SPENT = 0.8
WEIGHT = re.compile(r"\d{1,9}", re.ASCII)
TIME_WEIGHT = 1.0
LIMITS = HttpLimits(body_bytes=2_000_000)  # a page of 1000 trades takes a sixth of it
LONGEST_WAIT_S, LONGEST_WAITS_S = 60.0, 300.0
"""What is waited for a budget at most, at once and in all: then it is not ours that is spent."""
SHORTEST_WAIT_S = 0.01

Entry = dict[str, object]


def is_at_home(base_url: str) -> bool:
    """Say whether an address is one of Binance's own, which has further hosts beside it."""
    return (urlsplit(base_url).hostname or "").endswith(".binance.com")


class BinanceClient:
    """A connection under one key; close it when done."""

    def __init__(self, key: BinanceKey, place: BrokerPlace) -> None:
        from coach.brokers.binance.library import BoundedLibrary

        spot = place.base_url.rstrip("/")
        addresses = (spot, FUTURES_URL if is_at_home(spot) else spot)
        self._servers = {
            address: HttpClient(address, BROKER, place.transport, LIMITS) for address in addresses
        }
        self._place = place
        self._patience = Patience(BROKER, place.now, place.sleep, place.patience_s)
        self._library = BoundedLibrary(key, self._servers, addresses, place.now)

    def close(self) -> None:
        """Close the connections."""
        self._library.session.close()

    def one(
        self, limit: WeightLimit, weight: float, call: "Callable[[BoundedLibrary], object]"
    ) -> Entry:
        """Return the JSON object that a call of the library answers."""
        answer = self._patience.ask(lambda: self._ask(limit, weight, call))
        if not isinstance(answer, dict):
            raise BrokerTrouble(broker=BROKER, reason="an answer that is no object")
        return answer

    def several(
        self, limit: WeightLimit, weight: float, call: "Callable[[BoundedLibrary], object]"
    ) -> list[Entry]:
        """Return the list of JSON objects that a call of the library answers."""
        answer = self._patience.ask(lambda: self._ask(limit, weight, call))
        if not isinstance(answer, list) or not all(isinstance(one, dict) for one in answer):
            raise BrokerTrouble(broker=BROKER, reason="an answer that is no list of objects")
        return answer

    def _ask(
        self, limit: WeightLimit, weight: float, call: "Callable[[BoundedLibrary], object]"
    ) -> object | Trouble:
        from coach.brokers.binance.library import JudgedTrouble
        from coach.brokers.net.requests_transport import NoBoundedAnswer

        self._wait_for(limit, weight)
        try:
            answer = call(self._library)
        except NoBoundedAnswer as missing:
            return of_no_answer(BROKER, missing.answer)
        except JudgedTrouble as trouble:
            return self._after(limit, trouble.verdict)
        self._leave_to_others(limit)
        return answer

    def _after(self, limit: WeightLimit, verdict: AnswerTrouble) -> Trouble:
        for one in EVERY_LIMIT if verdict.is_ban else (limit,):
            if verdict.rest_s:
                self._place.budget.rest(one, verdict.rest_s)
        if verdict.is_time:
            self._measure_drift(limit)
        return verdict.trouble

    def _leave_to_others(self, limit: WeightLimit) -> None:
        """Rest for the minute where everybody at this address together spent nearly all of it."""
        used = self._library.said(limit.header)
        if WEIGHT.fullmatch(used) and int(used) > NEARLY_SPENT * limit.of_all:
            self._place.budget.rest(limit, MINUTE_S - self._place.now().second)

    def _measure_drift(self, limit: WeightLimit) -> None:
        """Ask Binance's clock, and go by it."""
        time_of = "futures_time" if limit is FUTURES else "get_server_time"
        self._library.drift_ms = 0
        before = self._now_ms()
        answer = self._ask(limit, TIME_WEIGHT, lambda library: getattr(library, time_of)())
        there = answer.get("serverTime") if isinstance(answer, dict) else None
        if isinstance(there, int) and not isinstance(there, bool):
            self._library.drift_ms = there - (before + self._now_ms()) // 2

    def _wait_for(self, limit: WeightLimit, weight: float) -> None:
        waited_s = 0.0
        while (wait_s := self._place.budget.wait_s(limit, weight)) > 0:
            wait_s = max(wait_s, SHORTEST_WAIT_S)
            waited_s += wait_s
            if wait_s > LONGEST_WAIT_S or waited_s > LONGEST_WAITS_S:
                reason = f"its limit for this address is spent for another {wait_s:.0f} s"
                raise later(BROKER, reason, wait_s=wait_s)
            self._place.sleep(wait_s)

    def _now_ms(self) -> int:
        return microseconds(self._place.now()) // 1000
