"""Our limits for a library that speaks through `requests`: its transport is our own client.

Mounted on the library's session, this adapter sends each request through the HttpClient of its
server: with its deadline, its limit on size, its exact headers and nothing more. A request to any
other server is refused, and no redirect is followed.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter

from coach.brokers.net.client import HttpAnswer, HttpClient, NoAnswer


class NoBoundedAnswer(Exception):  # never leaves whoever mounted the adapter
    """There is no answer within our limits."""

    def __init__(self, answer: NoAnswer) -> None:
        super().__init__(answer.reason)
        self.answer = answer


class BoundedResponse(Response):
    """An answer in the library's own type; `whole` is what came."""

    def __init__(self, whole: HttpAnswer) -> None:
        super().__init__()
        self.whole = whole
        self.status_code = whole.status
        self._content = whole.body


class BoundedAdapter(BaseAdapter):
    """Answers GET requests to the servers that it knows; `headers` are those that are passed on."""

    def __init__(self, servers: Mapping[str, HttpClient], headers: tuple[str, ...]) -> None:
        super().__init__()
        self._servers = servers
        self._headers = headers

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: object = None,
        proxies: object = None,
    ) -> BoundedResponse:
        """Ask once; NoBoundedAnswer where no whole answer came. Limits are the client's alone."""
        del stream, timeout, verify, cert, proxies
        address = urlsplit(str(request.url))
        server = self._servers.get(f"{address.scheme}://{address.netloc}")
        if server is None or request.method != "GET":
            raise NoBoundedAnswer(NoAnswer("lied", "a request that nobody here would send"))
        params = parse_qsl(address.query, keep_blank_values=True)
        passed = {name: str(request.headers[name]) for name in self._headers}
        answer = server.get(address.path, params, passed)
        if isinstance(answer, NoAnswer):
            raise NoBoundedAnswer(answer)
        return BoundedResponse(answer)

    def close(self) -> None:
        """Close the connections."""
        for server in self._servers.values():
            server.close()


def bounded_session(adapter: BoundedAdapter, headers: Mapping[str, str]) -> Session:
    """Return a session that knows no environment, no other headers and no other way out."""
    session = Session()
    session.trust_env = False
    session.headers.clear()
    session.headers.update(headers)
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session
