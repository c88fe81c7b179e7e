"""The sandbox's routes, in one table, and what happens to every request on its way.

A request is counted against the limit, spoiled if the plan says so, checked for its token where the
path is private, and answered with the rate-limit headers in lower case, as Coinbase's SDK expects.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from coach.brokers.sandbox import klines, queries, refusals, wallet_lists
from coach.brokers.sandbox.binance import methods as binance
from coach.brokers.sandbox.entries import JsonObject, SandboxExecution, as_json
from coach.brokers.sandbox.faults import SandboxPlan, plan_from
from coach.brokers.sandbox.keys import Grant, granted
from coach.brokers.sandbox.kraken import methods
from coach.brokers.sandbox.live import channel, executions, user_data
from coach.brokers.sandbox.live.books import FillOrder
from coach.brokers.sandbox.live.line import LivePlace, Speaker, serve_line
from coach.brokers.sandbox.oauth import login
from coach.brokers.sandbox.oauth.books import Permit
from coach.brokers.sandbox.spoiled import Body, Entries, entries, instead_of, spoil_answer
from coach.brokers.sandbox.transactions import SandboxTransaction, transactions
from coach.brokers.sandbox.world import SandboxWorld

PREFIX = "/api/v3/brokerage"
PUBLIC_PER_SECOND = 10
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Answer = Callable[["Exchange", Request], Body]
FormAnswer = Callable[["Exchange", Request, bytes], JsonObject]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class Exchange:
    """The books, the plan in force, and the counts of this second."""

    world: SandboxWorld
    now: Callable[[], datetime]
    plan: SandboxPlan
    _numbers: int = 0
    _second: int = 0
    _this_second: dict[str, int] = field(default_factory=dict)
    _shown: tuple[SandboxPlan, int, Entries] | None = None

    async def respond(self, request: Request, answer: Answer) -> Response:
        """Answer a request that was let in, as the plan has it."""
        fault = None
        if self.plan.path in request.url.path:
            self._numbers += 1
            fault = self.plan.fault(self._numbers)
        other = instead_of(fault, self.plan)
        if other is not None:
            return other
        if fault == "slow":
            await asyncio.sleep(self.plan.slow_s)
        try:
            body = answer(self, request)
        except refusals.ErrorReply as refusal:
            return refusal.response
        return spoil_answer(fault, body, request.query_params.get("cursor", ""))

    def grant(self, request: Request) -> Grant:
        """Return the grant whose token came along, or refuse."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        purpose = f"{request.method} {request.headers.get('host', '')}{request.url.path}"
        grant = granted(token, purpose, self.world.keys, self.now())
        if grant is None or scheme.lower() != "bearer":
            raise refusals.unauthorized()
        return grant

    def permit(self, request: Request) -> Permit | None:
        """Return the permit whose access token came along; None for anything else."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        found = self.world.tokens.permit_of(token, self.now())
        return found if scheme.lower() == "bearer" else None

    def admit(self, request: Request, scope: str) -> None:
        """Let in who has a key, or a token for this scope; refuse all others."""
        permit = self.permit(request)
        if permit is None:
            self.grant(request)
        elif scope not in permit.scopes:
            raise refusals.missing_scopes()

    def shown(self) -> Entries:
        """Return the fills as the plan in force spoils them."""
        live = self.live()
        if self._shown is None or self._shown[:2] != (self.plan, len(live)):
            every = entries((*self.world.executions, *live), self.plan)
            self._shown = (self.plan, len(live), every)
        return self._shown[2]

    def live(self) -> tuple[SandboxExecution, ...]:
        """Return the live fills that the lists show already."""
        return self.world.live.shown(self.now(), self.plan.lag_s)

    def transactions(self) -> list[SandboxTransaction]:
        """Return what the wallets' lists tell."""
        every = (*self.world.executions, *self.live())
        return transactions(self.world.end, every, self.plan.transactions)

    def wallets(self) -> tuple[JsonObject, ...]:
        """Return the wallets, with what was pending and has come."""
        return wallet_lists.with_arrivals(self.world.accounts, self.transactions(), self.now())

    def left(self, kind: str, limit: int) -> int:
        """Count a request of this second; below zero is one too many."""
        second = int(self.now().timestamp())
        if second != self._second:
            self._second, self._this_second = second, {}
        self._this_second[kind] = self._this_second.get(kind, 0) + 1
        return limit - self._this_second[kind]

    def follow(self, plan: SandboxPlan) -> None:
        """Put another plan in force and count requests anew."""
        self.plan, self._numbers = plan, 0


def _permissions(exchange: Exchange, request: Request) -> JsonObject:
    return queries.permissions(exchange.grant(request))


def _accounts(exchange: Exchange, request: Request) -> JsonObject:
    return queries.accounts(exchange.wallets(), request.query_params)


def _wallets(exchange: Exchange, request: Request) -> JsonObject:
    return wallet_lists.accounts(exchange.wallets(), request.query_params)


def _transactions(exchange: Exchange, request: Request) -> JsonObject:
    asked, wallet = (request.query_params, exchange.now()), request.path_params["account_id"]
    return wallet_lists.transactions(exchange.wallets(), exchange.transactions(), wallet, asked)


def _transaction(exchange: Exchange, request: Request) -> JsonObject:
    names = request.path_params
    asked = (names["transaction_id"], exchange.now())
    found = exchange.transactions()
    return wallet_lists.transaction(exchange.wallets(), found, names["account_id"], asked)


def _fills(exchange: Exchange, request: Request) -> JsonObject:
    return queries.fills(exchange.shown(), request.query_params)


def _products(exchange: Exchange, request: Request) -> JsonObject:
    return queries.products(exchange.world, request.query_params)


def _product(exchange: Exchange, request: Request) -> JsonObject:
    return queries.product(exchange.world, request.path_params["product_id"])


def _candles(exchange: Exchange, request: Request) -> JsonObject:
    return queries.candles(exchange.world, request.path_params["product_id"], request.query_params)


def _time(exchange: Exchange, _: Request) -> JsonObject:
    return queries.server_time(exchange.now())


def _klines(exchange: Exchange, request: Request) -> Body:
    return list(klines.klines(exchange.world, request.query_params, exchange.now()))


def _kraken_public(exchange: Exchange, request: Request) -> JsonObject:
    method = request.path_params["method"]
    return methods.public(exchange.world, method, request.query_params, exchange.now())


def _as_binance(answer: binance.Answer) -> Answer:
    """Answer a query that Binance's keys may sign, by a clock that the plan may set ahead."""

    def found(exchange: Exchange, request: Request) -> Body:
        now = exchange.now() + timedelta(milliseconds=exchange.plan.drift_ms)
        key = request.headers.get("x-mbx-apikey", "")
        text = request.url.query
        query = binance.SignedQuery(request.query_params, text, key, now, exchange.live())
        return answer(exchange.world, query)

    return found


def _anything_else(exchange: Exchange, request: Request) -> JsonObject:
    if request.method == "GET":
        raise refusals.not_found(f"{request.url.path} is not part of the sandbox")
    if exchange.permit(request) is not None:
        raise refusals.missing_scopes()
    if exchange.grant(request).can_trade:
        raise refusals.never_trades()
    raise refusals.missing_scopes()


def _token_info(exchange: Exchange, request: Request) -> JsonObject:
    permit = exchange.permit(request)
    if permit is None:
        raise login.no_token()
    return login.token_info(permit)


NO_SCOPE, READS_USER = "", "wallet:user:read"
PRIVATE: dict[str, tuple[Answer, str]] = {
    "/key_permissions": (_permissions, NO_SCOPE),
    "/accounts": (_accounts, "wallet:accounts:read"),
    "/orders/historical/fills": (_fills, "wallet:transactions:read"),
    "/products": (_products, READS_USER),
    "/products/{product_id}": (_product, READS_USER),
    "/products/{product_id}/candles": (_candles, READS_USER),
}
"""Each path below the prefix, and the scope that a token needs for it; keys need none."""
WALLETS: dict[str, tuple[Answer, str]] = {
    "": (_wallets, "wallet:accounts:read"),
    "/{account_id}/transactions": (_transactions, "wallet:transactions:read"),
    "/{account_id}/transactions/{transaction_id}": (_transaction, "wallet:transactions:read"),
}
"""The same for the v2 API."""
PUBLIC: dict[str, Answer] = {
    "/time": _time,
    "/market/products": _products,
    "/market/products/{product_id}": _product,
    "/market/products/{product_id}/candles": _candles,
}


def application(
    world: SandboxWorld, now: Callable[[], datetime], plan: SandboxPlan | None = None
) -> Starlette:
    """Return the broker as an ASGI application."""
    exchange = Exchange(world, now, plan or SandboxPlan())
    routes = [
        Route(klines.PATH, _public(exchange, _klines)),
        *(Route(PREFIX + path, _public(exchange, answer)) for path, answer in PUBLIC.items()),
        *(Route(PREFIX + path, _private(exchange, *one)) for path, one in PRIVATE.items()),
        *(
            Route(wallet_lists.ACCOUNTS + path, _private(exchange, *one))
            for path, one in WALLETS.items()
        ),
        Route(PREFIX + "/{path:path}", _limited(exchange, _anything_else), methods=METHODS),
        *_login_routes(exchange),
    ]
    routes += [
        Route(methods.PUBLIC + "{method}", _public(exchange, _kraken_public)),
        Route(methods.PRIVATE + "{method}", _signed(exchange), methods=["POST"]),
    ]
    routes += [
        Route(path, _public(exchange, _as_binance(answer), "binance"))
        for path, answer in binance.ANSWERS.items()
    ]
    if exchange.plan.control:
        routes.append(Route("/sandbox/faults", _control(exchange), methods=["GET", "PUT"]))
        routes.append(Route("/sandbox/fills", _filler(exchange), methods=["POST"]))
    return Starlette(routes=[*routes, *_streams(exchange)])


def _login_routes(exchange: Exchange) -> list[Route]:
    """Return the routes of the server of tokens."""
    tokens = exchange.world.tokens

    async def allow(request: Request) -> Response:
        return login.authorize(tokens, exchange.plan, request.query_params, exchange.now())

    def hand_out(exchange: Exchange, _: Request, body: bytes) -> JsonObject:
        return login.hand_out(tokens, exchange.plan, body, exchange.now())

    def revoke(exchange: Exchange, request: Request, body: bytes) -> JsonObject:
        bearer = request.headers.get("authorization", "").partition(" ")[2]
        return login.revoke(tokens, exchange.plan, body, bearer)

    return [
        Route(login.AUTHORIZE, allow),
        Route(login.TOKEN, _form(exchange, hand_out), methods=["POST"]),
        Route(login.REVOKE, _form(exchange, revoke), methods=["POST"]),
        Route("/v2/user/auth", _limited(exchange, _token_info)),
    ]


def _private(exchange: Exchange, answer: Answer, scope: str) -> Endpoint:
    def checked(exchange: Exchange, request: Request) -> Body:
        exchange.admit(request, scope)
        return answer(exchange, request)

    return _limited(exchange, checked)


def _limited(exchange: Exchange, answer: Answer) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await _within_limits(exchange, request, answer, "private")

    return endpoint


def _public(exchange: Exchange, answer: Answer, kind: str = "public") -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return await _within_limits(exchange, request, answer, kind)

    return endpoint


def _signed(exchange: Exchange) -> Endpoint:
    """Answer a form that Kraken's keys sign."""

    def answer(exchange: Exchange, request: Request, body: bytes) -> JsonObject:
        form = methods.SignedForm(request.path_params["method"], request.headers, body)
        return methods.private(exchange.world, form, exchange.live())

    return _form(exchange, answer)


def _form(exchange: Exchange, answer: FormAnswer) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        body = await request.body()

        def answered(exchange: Exchange, request: Request) -> JsonObject:
            return answer(exchange, request, body)

        return await _within_limits(exchange, request, answered, "private")

    return endpoint


async def _within_limits(
    exchange: Exchange, request: Request, answer: Answer, kind: str
) -> Response:
    limit = exchange.plan.per_second
    if kind == "public":
        limit = min(limit, PUBLIC_PER_SECOND)
    left = exchange.left(kind, limit)
    if limit and left < 0:
        response = refusals.too_many_requests()
    else:
        response = await exchange.respond(request, answer)
    response.headers["x-ratelimit-limit"] = str(limit)
    response.headers["x-ratelimit-remaining"] = str(max(left, 0))
    response.headers["x-ratelimit-reset"] = "1"
    return response


def _control(exchange: Exchange) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if request.method == "PUT":
            plan = plan_from(await request.body())
            if plan is None:
                return JSONResponse({"message": "this is no plan of faults"}, 400)
            exchange.follow(plan)
        return JSONResponse(exchange.plan.model_dump(mode="json"))

    return endpoint


def _filler(exchange: Exchange) -> Endpoint:
    """Let a fill happen that somebody orders."""

    async def endpoint(request: Request) -> Response:
        try:
            order = FillOrder.model_validate_json(await request.body())
        except ValidationError:
            return JSONResponse({"message": "this is no fill"}, 400)
        return JSONResponse(as_json(exchange.world.live.happen(order, exchange.now())))

    return endpoint


def _streams(exchange: Exchange) -> list[WebSocketRoute]:
    """Return the streams of the three brokers, which tell of live fills."""
    world = exchange.world
    place = LivePlace(world.live, exchange.now, lambda: exchange.plan.live)

    def at_coinbase(socket: WebSocket) -> Speaker:
        return channel.UserSpeaker(place, world.keys, socket)

    def at_kraken(socket: WebSocket) -> Speaker:
        return executions.ExecutionsSpeaker(place, socket)

    def at_binance(socket: WebSocket) -> Speaker:
        drift = timedelta(milliseconds=exchange.plan.drift_ms)
        return user_data.UserDataSpeaker(place, world.binance_keys, socket, drift)

    def route(path: str, speaker_of: Callable[[WebSocket], Speaker]) -> WebSocketRoute:
        async def endpoint(socket: WebSocket) -> None:
            await serve_line(place, socket, speaker_of(socket))

        return WebSocketRoute(path, endpoint)

    return [
        route(channel.PATH, at_coinbase),
        route(executions.PATH, at_kraken),
        route(user_data.PATH, at_binance),
    ]
