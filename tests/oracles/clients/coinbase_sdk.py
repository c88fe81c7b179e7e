"""Coinbase's own client asks a sandbox; run by the Python of an environment of its own.

Reads a JSON object from stdin: `host`, `authority` (a file of a certificate), `calls`, each a
[key file's text, method, arguments], and `tokens`, each a [purpose, name, private key]. Prints what
came of each call, and a token for each purpose. The method `every_fill` goes along the cursors.
"""

import json
import sys
from typing import Any

from coinbase.jwt_generator import build_rest_jwt
from coinbase.rest import RESTClient
from requests.exceptions import HTTPError

LIMITS = ("rate_limit_limit", "rate_limit_remaining", "rate_limit_reset")


def client(told: dict[str, Any], key_text: str) -> Any:  # noqa: ANN401 -- the library is untyped
    parts = json.loads(key_text)
    made = RESTClient(
        api_key=parts.get("name") or parts["id"],
        api_secret=parts["privateKey"],
        base_url=told["host"],
        rate_limit_headers=True,
    )
    made.session.verify = told["authority"]
    made.session.trust_env = False
    return made


def every_fill(asked: Any, limit: int) -> dict[str, Any]:  # noqa: ANN401 -- as above
    seen, cursor = [], None
    while True:
        page = asked.get_fills(limit=limit, cursor=cursor).to_dict()
        seen += page["fills"]
        cursor = page["cursor"]
        if not cursor:
            return {"fills": seen}


def called(asked: Any, method: str, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    if method == "every_fill":
        return {"answer": every_fill(asked, **arguments)}
    try:
        found = getattr(asked, method)(**arguments)
    except HTTPError as error:
        status = None if error.response is None else error.response.status_code
        return {"status": status, "message": str(error)}
    limits = {name: getattr(found, name, None) for name in LIMITS}
    return {"answer": found.to_dict(), "limits": limits}


def main() -> None:
    told = json.load(sys.stdin)
    answers = [called(client(told, text), *more) for text, *more in told["calls"]]
    tokens = [build_rest_jwt(*one) for one in told["tokens"]]
    json.dump({"answers": answers, "tokens": tokens}, sys.stdout)


main()
