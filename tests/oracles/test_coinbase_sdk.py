"""Coinbase's own client sees in the sandbox what is there, and our tokens are like its tokens.

The SDK calls https and nothing else, so the sandbox serves TLS under a throw-away authority.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import jwt
import pytest
import trustme

from coach.brokers.coinbase.auth import read_key, sign
from coach.brokers.sandbox.entries import as_json
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.keys import granted
from coach.brokers.sandbox.server import Address, Certificate, SandboxServer, serve
from coach.brokers.sandbox.spoiled import entries
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key
from tests import clock
from tests.oracles.conftest import AskClient

pytestmark = pytest.mark.oracle
Kind = Literal["ES256", "EdDSA"]
HOST = "api.coinbase.com"
PATH = "/api/v3/brokerage/orders/historical/fills"


@pytest.fixture(scope="module")
def world() -> SandboxWorld:
    return demo_world(clock.now(), seed=31)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Certificate]:
    folder = tmp_path_factory.mktemp("tls")
    root = trustme.CA()
    leaf = root.issue_cert("127.0.0.1")
    root.cert_pem.write_to_path(str(folder / "root.pem"))
    leaf.private_key_pem.write_to_path(str(folder / "key.pem"))
    leaf.cert_chain_pems[0].write_to_path(str(folder / "chain.pem"))
    return folder / "root.pem", Certificate(folder / "chain.pem", folder / "key.pem")


@pytest.fixture(scope="module")
def server(world: SandboxWorld, authority: tuple[Path, Certificate]) -> Iterator[SandboxServer]:
    plan = SandboxPlan(per_second=0)
    with serve(world, clock.now, Address(tls=authority[1]), plan) as running:
        yield running


Sdk = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def sdk(ask_client: AskClient, server: SandboxServer, authority: tuple[Path, Certificate]) -> Sdk:
    """Return a function that lets the official client make calls, each under a key's text."""

    def ask(*calls: tuple[str, str, dict[str, object]]) -> list[dict[str, Any]]:
        place = {"host": server.host, "authority": str(authority[0])}
        answers: list[dict[str, Any]] = ask_client("coinbase_sdk", **place, calls=calls, tokens=[])[
            "answers"
        ]
        return answers

    return ask


@pytest.mark.parametrize("kind", ["ES256", "EdDSA"])
def test_the_sdk_reads_what_a_key_may_do(sdk: Sdk, world: SandboxWorld, kind: Kind) -> None:
    weak = issue_key(world, kind)
    strong = issue_key(world, kind, can_trade=True, can_transfer=True)
    found = sdk(*((key, "get_api_key_permissions", {}) for key in (weak, strong)))
    may = [
        [one["answer"][f"can_{power}"] for power in ("view", "trade", "transfer")] for one in found
    ]
    assert may == [[True, False, False], [True, True, True]]


def test_the_sdk_sees_every_fill_by_its_cursors(sdk: Sdk, world: SandboxWorld) -> None:
    (found,) = sdk((issue_key(world), "every_fill", {"limit": 100}))
    seen = found["answer"]["fills"]
    assert [given(entry) for entry in seen] == list(entries(world.executions, SandboxPlan()))


def test_the_sdk_filters_by_several_products(sdk: Sdk, world: SandboxWorld) -> None:
    asked = {"product_ids": ["SOL-USD", "ETH-USD"], "limit": 250}
    (found,) = sdk((issue_key(world), "get_fills", asked))
    wanted = [one for one in world.executions if one.product_id in ("SOL-USD", "ETH-USD")]
    newest = sorted(wanted, key=lambda one: (one.at, one.filed_at, one.entry_id), reverse=True)
    seen = [given(entry) for entry in found["answer"]["fills"]]
    assert seen == [as_json(one) for one in newest[:250]]


def test_the_sdk_sees_the_wallets_page_by_page(sdk: Sdk, world: SandboxWorld) -> None:
    key = issue_key(world)
    (first,) = sdk((key, "get_accounts", {"limit": 6}))
    cursor = first["answer"]["cursor"]
    (rest,) = sdk((key, "get_accounts", {"limit": 6, "cursor": cursor}))
    pages = [*first["answer"]["accounts"], *rest["answer"]["accounts"]]
    assert [given(account) for account in pages] == [
        given(dict(account)) for account in world.accounts
    ]


def test_the_sdk_sees_the_products(sdk: Sdk, world: SandboxWorld) -> None:
    key = issue_key(world)
    spot = [dict(product) for product in world.products if product["product_type"] == "SPOT"]
    *lists, one = sdk(
        (key, "get_products", {}),
        (key, "get_public_products", {}),
        (key, "get_product", {"product_id": "ETH-USD"}),
    )
    for listed in lists:
        assert [given(product) for product in listed["answer"]["products"]] == spot
    assert given(one["answer"]) == spot[1]


def test_the_sdk_sees_the_same_candles_with_a_key_and_without(
    sdk: Sdk, world: SandboxWorld
) -> None:
    key, end = issue_key(world), int(world.end.timestamp())
    span = {"start": str(end - 86400), "end": str(end), "granularity": "FIFTEEN_MINUTE"}
    asked: dict[str, object] = {"product_id": "BTC-USD", **span}
    found = sdk((key, "get_candles", asked), (key, "get_public_candles", asked))
    private, public = (one["answer"]["candles"] for one in found)
    tape = world.tapes["BTC-USD"]
    bars = tape.bars(900, end - 86400, end)
    assert private == public
    assert [int(candle["start"]) for candle in private] == [bar.start_s for bar in bars]
    assert [float(candle["high"]) for candle in private] == [
        float(tape.price(bar.high)) for bar in bars
    ]


def test_the_sdk_sees_the_limits(sdk: Sdk, world: SandboxWorld) -> None:
    (found,) = sdk((issue_key(world), "get_accounts", {}))
    limits = found["limits"]
    assert (limits["rate_limit_limit"], limits["rate_limit_reset"]) == ("0", "1")
    assert limits["rate_limit_remaining"] is not None


def test_the_sdk_is_refused_with_a_key_that_does_not_fit(sdk: Sdk, world: SandboxWorld) -> None:
    parts, other = json.loads(issue_key(world)), json.loads(issue_key(world))
    wrong = json.dumps({**parts, "privateKey": other["privateKey"]})
    (refused,) = sdk((wrong, "get_accounts", {}))
    assert refused["status"] == 401


def test_the_sdk_meets_the_351st_bucket(sdk: Sdk, world: SandboxWorld) -> None:
    end = int(world.end.timestamp()) // 60 * 60
    span = {"start": str(end - 351 * 60), "end": str(end), "granularity": "ONE_MINUTE"}
    (refused,) = sdk((issue_key(world), "get_public_candles", {"product_id": "BTC-USD", **span}))
    assert "requested should be less than 350" in refused["message"]


@pytest.mark.parametrize("kind", ["ES256", "EdDSA"])
def test_our_token_and_the_sdks_say_the_same(
    ask_client: AskClient, world: SandboxWorld, kind: Kind
) -> None:
    text = issue_key(world, kind)
    parts, key = json.loads(text), read_key(text)
    ours = sign(key, "GET", HOST, PATH, clock.now().replace(microsecond=0))
    purpose = [f"GET {HOST}{PATH}", key.name, parts["privateKey"]]
    place = {"host": "", "authority": "", "calls": []}
    (theirs,) = ask_client("coinbase_sdk", **place, tokens=[purpose])["tokens"]
    said = [told(token, key.private.public_key()) for token in (ours, theirs)]
    assert said[0] == said[1]
    for token in (ours, theirs):
        assert granted(token, f"GET {HOST}{PATH}", world.keys, clock.now()) is not None


def told(token: str, public: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401
    """Return header and claims less what differs from token to token."""
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, public, algorithms=[header["alg"]])
    assert header.pop("nonce")
    assert claims.pop("exp") - claims.pop("nbf") == 120
    return header, claims


def given(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer less the fields that the SDK's classes fill in with None."""
    return {
        name: given(value) if isinstance(value, dict) else value
        for name, value in answer.items()
        if value is not None and not name.startswith("rate_limit")
    }
