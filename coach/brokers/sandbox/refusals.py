"""How the broker says no: Coinbase's error bodies, JSON, plain text and HTML."""

from http import HTTPStatus

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response


class ErrorReply(Exception):  # becomes an answer, never an error of coach
    """A request that gets an error for an answer."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def invalid(message: str) -> ErrorReply:
    """Return the 400 of an argument that makes no sense."""
    return _refusal(HTTPStatus.BAD_REQUEST, "INVALID_ARGUMENT", message)


def not_found(message: str) -> ErrorReply:
    """Return the 404 of something that is not there."""
    return _refusal(HTTPStatus.NOT_FOUND, "NOT_FOUND", message)


def missing_scopes() -> ErrorReply:
    """Return the 403 of a key that may not do this; Coinbase calls the error unknown."""
    return _refusal(HTTPStatus.FORBIDDEN, "unknown", "Missing required scopes")


def never_trades() -> ErrorReply:
    """Return the 501 of an order: there is nobody to trade with here."""
    return _refusal(HTTPStatus.NOT_IMPLEMENTED, "UNIMPLEMENTED", "the sandbox takes no orders")


def unauthorized() -> ErrorReply:
    """Return the 401, which is plain text at Coinbase."""
    return ErrorReply(PlainTextResponse("Unauthorized\n", HTTPStatus.UNAUTHORIZED))


def too_many_requests(retry_after_s: int | None = None) -> Response:
    """Return the 429; Coinbase documents no Retry-After."""
    body = {"errors": [{"id": "rate_limit_exceeded", "message": "Too many requests"}]}
    headers = {} if retry_after_s is None else {"retry-after": str(retry_after_s)}
    return JSONResponse(body, HTTPStatus.TOO_MANY_REQUESTS, headers)


def too_many_requests_html() -> Response:
    """Return the 429 of a proxy, a page of HTML."""
    page = "<html><head><title>429</title></head><body>Slow down</body></html>"
    return HTMLResponse(page, HTTPStatus.TOO_MANY_REQUESTS)


def internal_error() -> Response:
    """Return the 500 with a body like any other error's."""
    return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL", "internal error").response


def bad_gateway() -> Response:
    """Return the 502 of a proxy, a page of HTML."""
    page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
    return HTMLResponse(page, HTTPStatus.BAD_GATEWAY)


def unavailable() -> Response:
    """Return the 503 of a balancer, plain text."""
    text = "upstream connect error or disconnect/reset before headers"
    return PlainTextResponse(text, HTTPStatus.SERVICE_UNAVAILABLE)


def _refusal(status: HTTPStatus, error: str, message: str) -> ErrorReply:
    body = {"error": error, "error_details": message, "message": message}
    return ErrorReply(JSONResponse(body, status))
