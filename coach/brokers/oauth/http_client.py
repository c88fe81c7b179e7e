"""The client that asks a server of tokens: no exchange lasts for ever or brings too much."""

from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuth2Client

from coach.brokers.net.deadline import run_within

EXCHANGE_S = 15.0
LARGEST_ANSWER = 1_000_000
PLAIN = {"Accept-Encoding": "identity"}


class BoundedOAuthClient(OAuth2Client):  # type: ignore[misc] # authlib has no types
    """authlib's client, within limits: DeadlineExceeded, or StreamError, for what is beyond."""

    def send(self, request: httpx2.Request, **more: Any) -> httpx2.Response:  # noqa: ANN401 -- the library's own
        """Return an answer that was read to its end."""
        request.headers.update(PLAIN)
        send = super().send
        return run_within(EXCHANGE_S, lambda: _whole(send(request, **more | {"stream": True})))


def _whole(response: httpx2.Response) -> httpx2.Response:
    """Return an answer without its headers; one that is packed all the same is not unpacked."""
    body = bytearray()
    try:
        for piece in response.iter_raw():
            body += piece
            if len(body) > LARGEST_ANSWER:
                raise httpx2.StreamError(f"more than {LARGEST_ANSWER / 1e6:g} MB (limit)")
    finally:
        response.close()
    return httpx2.Response(response.status_code, content=bytes(body), request=response.request)
