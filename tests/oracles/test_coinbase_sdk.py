"""Coinbase's own client sees in the sandbox what is there, and our tokens are like its tokens.

The SDK calls https and nothing else, so the sandbox serves TLS under a throw-away authority.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import jwt
import pytest
import trustme
from coinbase.jwt_generator import build_rest_jwt
from coinbase.rest import RESTClient
from requests.exceptions import HTTPError

from coach.brokers.coinbase.auth import read_key, sign
from coach.brokers.sandbox.entries import as_json
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.keys import granted
from coach.brokers.sandbox.server import Address, Certificate, SandboxServer, serve
from coach.brokers.sandbox.spoiled import entries
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key
from tests import clock

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


@pytest.fixture
def sdk(
    server: SandboxServer, authority: tuple[Path, Certificate]
) -> Iterator[Callable[[str], Any]]:
    """Return a function that makes the official client of a key's text."""
    with ExitStack() as stack:

        def client(key_text: str) -> Any:  # noqa: ANN401 (the SDK is untyped)
            parts = json.loads(key_text)
            made = RESTClient(
                api_key=parts.get("name") or parts["id"],
                api_secret=parts["privateKey"],
                base_url=server.host,
                rate_limit_headers=True,
            )
            made.session.verify = str(authority[0])
            made.session.trust_env = False
            stack.enter_context(made.session)
            return made

        yield client


@pytest.mark.parametrize("kind", ["ES256", "EdDSA"])
def test_the_sdk_reads_what_a_key_may_do(
    sdk: Callable[[str], Any], world: SandboxWorld, kind: Kind
) -> None:
    weak = sdk(issue_key(world, kind)).get_api_key_permissions()
    strong = sdk(issue_key(world, kind, can_trade=True, can_transfer=True))
    assert (weak.can_view, weak.can_trade, weak.can_transfer) == (True, False, False)
    assert strong.get_api_key_permissions().can_trade is True
    assert strong.get_api_key_permissions().can_transfer is True


def test_the_sdk_sees_every_fill_by_its_cursors(
    sdk: Callable[[str], Any], world: SandboxWorld
) -> None:
    client, seen, cursor = sdk(issue_key(world)), [], None
    while True:
        page = client.get_fills(limit=100, cursor=cursor).to_dict()
        seen += page["fills"]
        cursor = page["cursor"]
        if not cursor:
            break
    assert [given(entry) for entry in seen] == list(entries(world.executions, SandboxPlan()))


def test_the_sdk_filters_by_several_products(
    sdk: Callable[[str], Any], world: SandboxWorld
) -> None:
    page = sdk(issue_key(world)).get_fills(product_ids=["SOL-USD", "ETH-USD"], limit=250).to_dict()
    wanted = [one for one in world.executions if one.product_id in ("SOL-USD", "ETH-USD")]
    newest = sorted(wanted, key=lambda one: (one.at, one.filed_at, one.entry_id), reverse=True)
    assert [given(entry) for entry in page["fills"]] == [as_json(one) for one in newest[:250]]


def test_the_sdk_sees_the_wallets_page_by_page(
    sdk: Callable[[str], Any], world: SandboxWorld
) -> None:
    client = sdk(issue_key(world))
    first = client.get_accounts(limit=6).to_dict()
    rest = client.get_accounts(limit=6, cursor=first["cursor"]).to_dict()
    seen = [given(account) for account in (*first["accounts"], *rest["accounts"])]
    assert seen == [given(dict(account)) for account in world.accounts]


def test_the_sdk_sees_the_products(sdk: Callable[[str], Any], world: SandboxWorld) -> None:
    client = sdk(issue_key(world))
    spot = [dict(product) for product in world.products if product["product_type"] == "SPOT"]
    for listed in (client.get_products(), client.get_public_products()):
        assert [given(product) for product in listed.to_dict()["products"]] == spot
    assert given(client.get_product("ETH-USD").to_dict()) == spot[1]


def test_the_sdk_sees_the_same_candles_with_a_key_and_without(
    sdk: Callable[[str], Any], world: SandboxWorld
) -> None:
    client, end = sdk(issue_key(world)), int(world.end.timestamp())
    asked = {"start": str(end - 86400), "end": str(end), "granularity": "FIFTEEN_MINUTE"}
    private = client.get_candles("BTC-USD", **asked).to_dict()["candles"]
    public = client.get_public_candles("BTC-USD", **asked).to_dict()["candles"]
    tape = world.tapes["BTC-USD"]
    bars = tape.bars(900, end - 86400, end)
    assert private == public
    assert [int(candle["start"]) for candle in private] == [bar.start_s for bar in bars]
    assert [float(candle["high"]) for candle in private] == [
        float(tape.price(bar.high)) for bar in bars
    ]


def test_the_sdk_sees_the_limits(sdk: Callable[[str], Any], world: SandboxWorld) -> None:
    answer = sdk(issue_key(world)).get_accounts()
    assert answer.rate_limit_limit == "0"
    assert answer.rate_limit_remaining is not None
    assert answer.rate_limit_reset == "1"


def test_the_sdk_is_refused_with_a_key_that_does_not_fit(
    sdk: Callable[[str], Any], world: SandboxWorld
) -> None:
    parts, other = json.loads(issue_key(world)), json.loads(issue_key(world))
    client = sdk(json.dumps({**parts, "privateKey": other["privateKey"]}))
    with pytest.raises(HTTPError) as refused:
        client.get_accounts()
    assert refused.value.response is not None
    assert refused.value.response.status_code == 401


def test_the_sdk_meets_the_351st_bucket(sdk: Callable[[str], Any], world: SandboxWorld) -> None:
    end = int(world.end.timestamp()) // 60 * 60
    with pytest.raises(HTTPError, match="requested should be less than 350"):
        sdk(issue_key(world)).get_public_candles(
            "BTC-USD", start=str(end - 351 * 60), end=str(end), granularity="ONE_MINUTE"
        )


@pytest.mark.parametrize("kind", ["ES256", "EdDSA"])
def test_our_token_and_the_sdks_say_the_same(world: SandboxWorld, kind: Kind) -> None:
    text = issue_key(world, kind)
    parts, key = json.loads(text), read_key(text)
    ours = sign(key, "GET", HOST, PATH, clock.now().replace(microsecond=0))
    theirs = build_rest_jwt(f"GET {HOST}{PATH}", key.name, parts["privateKey"])
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
