"""A key that must never be read off a screen, a log or a traceback."""

HIDDEN = "***"


class Secret:
    """Text that prints as `***`; only `reveal` gives it away, and only a request needs it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is never written down")

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def hidden_in(self, text: str) -> str:
        """Return `text` without the secret: vendors quote keys back at those who sent them."""
        return text.replace(self._text, HIDDEN) if self._text else text
