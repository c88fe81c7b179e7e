"""URLs that hold a password: whether one is written so that no parser shows a part of it."""

TORN = "a user or a password in it holds a character that URLs need written otherwise"
ENCODED = "in a user or a password write @ as %40, / as %2F, ? as %3F and a space as %20"


def is_torn(url: str) -> bool:
    """Say whether a user or a password cuts its URL in two.

    PostgreSQL ends the password at the first @ and would tell the rest as the name of a host.
    """
    place, _, query = url.partition("://")[2].partition("?")
    server, _, path = place.partition("/")
    torn = server.count("@") > 1 or "@" in path or not url.isprintable() or " " in url
    return torn or any("@" in part and "=" not in part for part in query.split("&"))


def names_a_port(url: str) -> bool:
    """Say whether what stands in the place of the port is one, or nothing does."""
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False
