"""A route that was released stays, with its parameters and answers, and asks for nothing more."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from coach.files import documents

RELEASED = documents() / "schemas" / "released" / "routes.1.json"
Routes = dict[str, dict[str, Any]]
BEFORE: Routes = {"GET /api/a": {"parameters": {"n": False}, "answers": ["200", "404"]}}


def published(client: TestClient) -> Routes:
    described = client.get("/openapi.json").json()
    return {
        f"{method.upper()} {path}": {
            "parameters": {
                one["name"]: one.get("required", False) for one in route.get("parameters", [])
            },
            "answers": sorted(route["responses"]),
        }
        for path, methods in described["paths"].items()
        for method, route in methods.items()
    }


def broken(released: Routes, now: Routes) -> list[str]:
    """Return what a program that was written for the released routes would run into."""
    found = [f"{route} is gone" for route in released.keys() - now.keys()]
    for route in released.keys() & now.keys():
        before, after = released[route], now[route]
        asked = after["parameters"]
        found += [f"{route} lost {one}" for one in before["parameters"].keys() - asked.keys()]
        found += [f"{route} lost {one}" for one in set(before["answers"]) - set(after["answers"])]
        found += [
            f"{route} asks for {name}"
            for name, required in asked.items()
            if required and not before["parameters"].get(name, False)
        ]
    return sorted(found)


def test_no_released_route_is_broken(client: TestClient) -> None:
    assert broken(json.loads(RELEASED.read_text("utf-8")), published(client)) == []


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ({}, ["GET /api/a is gone"]),
        ({"GET /api/a": {"parameters": {}, "answers": ["200", "404"]}}, ["GET /api/a lost n"]),
        ({"GET /api/a": {"parameters": {"n": False}, "answers": ["200"]}}, ["GET /api/a lost 404"]),
        (
            {"GET /api/a": {"parameters": {"n": True, "m": True}, "answers": ["200", "404"]}},
            ["GET /api/a asks for m", "GET /api/a asks for n"],
        ),
        ({**BEFORE, "GET /api/b": {"parameters": {}, "answers": []}}, []),
    ],
)
def test_what_breaks_a_program_is_found(now: Routes, found: list[str]) -> None:
    assert broken(BEFORE, now) == found
