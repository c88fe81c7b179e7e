"""Answers of the server, held against the description of its routes that it publishes."""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
from jsonschema import Draft202012Validator, FormatChecker

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED = re.compile(r"\\\{\w+\\\}")


@dataclass(frozen=True, slots=True)
class PublishedRoutes:
    """What `/openapi.json` says."""

    described: dict[str, Any]

    def check(self, method: str, path: str, answer: httpx2.Response) -> None:
        """Hold an answer to `path`, which has no query, against what is published of it."""
        operation = self.described["paths"][self._template(method, path)][method.lower()]
        published = operation["responses"].get(str(answer.status_code))
        assert published is not None, (method, path, answer.status_code, answer.text)
        media, _, _ = answer.headers["content-type"].partition(";")
        schema = published["content"][media]["schema"]
        whole = {**schema, "components": self.described["components"]}
        validator = Draft202012Validator(whole, format_checker=FormatChecker())
        validator.validate(json.loads(answer.text))

    def _template(self, method: str, path: str) -> str:
        """Return the path as it is published; one without names stands before one with them."""
        known = sorted(self.described["paths"], key=lambda one: "{" in one)
        fitting: Iterator[str] = (
            one
            for one in known
            if method.lower() in self.described["paths"][one]
            and re.fullmatch(NAMED.sub("[^/]+", re.escape(one)), path)
        )
        return next(fitting)
