"""What is published of the routes is what they take and answer."""

import json
import re

from starlette.testclient import TestClient

from coach.files import documents
from coach.server.published.schemas import JSON_SCHEMA, nouns_of
from coach.server.refusals import STATUSES, UNEXPECTED
from coach.server.routes import READS
from coach.server.writes.body import NoBody
from coach.server.writing import UPLOADS, WRITES
from tests.published_answers import PublishedRoutes


def test_every_route_is_described_with_its_parameters(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for route in READS:
        taken = {one["name"] for one in paths[route.path]["get"].get("parameters", [])}
        assert taken >= set(route.query.model_fields)
        assert paths[route.path]["get"]["summary"]


def test_every_route_that_writes_is_described_with_its_key_and_its_body(
    client: TestClient,
) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for route in WRITES:
        described = paths[route.path][route.method.lower()]
        assert "Idempotency-Key" in {one["name"] for one in described["parameters"]}
        assert ("requestBody" in described) == (route.body is not NoBody)
        assert described["summary"]
        assert str(route.status) in described["responses"]
    for upload in UPLOADS:
        described = paths[upload.path]["post"]
        assert "Idempotency-Key" in {one["name"] for one in described["parameters"]}
        form = described["requestBody"]["content"]["multipart/form-data"]["schema"]
        assert set(form["properties"]) == {"file", *upload.fields.model_fields}
        assert described["summary"]


def test_an_error_is_described_in_the_form_that_it_has(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in client.get("/openapi.json").text
    for path, methods in described["paths"].items():
        for one in methods.values():
            for status, response in one["responses"].items():
                if path.startswith("/api/") and int(status) >= 400:
                    content = response["content"]["application/json"]
                    assert content["schema"]["$ref"] == "#/components/schemas/Refusal"
    PublishedRoutes(described).check("GET", "/api/trades", client.get("/api/trades?sinse=1"))


def test_every_status_of_an_error_is_described(client: TestClient) -> None:
    """But for those of the framework, whose paths and methods are described nowhere: 405."""
    described = client.get("/openapi.json").json()["paths"]
    told = {
        int(status)
        for methods in described.values()
        for one in methods.values()
        for status in one["responses"]
    }
    known = {status for _, status in STATUSES} | {403, 413, 421, 429, UNEXPECTED}
    assert known <= told


def test_every_noun_that_a_route_answers_is_published_as_docs_have_it(client: TestClient) -> None:
    parts = client.get("/openapi.json").json()["components"]["schemas"]
    for route in (*READS, *WRITES, *UPLOADS):
        for noun in set(nouns_of([route.answers])) - {JSON_SCHEMA}:
            published = json.loads((documents() / "schemas" / f"{noun}.schema.json").read_text())
            added = {"sha256"} if noun == "digest" else set()
            assert set(parts[noun]["properties"]) == set(published["properties"]) | added


def test_every_reference_leads_somewhere(client: TestClient) -> None:
    text = client.get("/openapi.json").text
    described = json.loads(text)
    for reference in set(re.findall(r'"#/components/([^"]+)"', text)):
        kind, name = reference.split("/")
        assert name in described["components"][kind]


def test_an_answer_says_which_headers_it_may_have(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    made = described["paths"]["/api/notes"]["post"]["responses"]
    assert {"RateLimit", "RateLimit-Policy", "Idempotency-Replayed"} <= set(made["201"]["headers"])
    assert "Retry-After" in made["429"]["headers"]
    assert "Retry-After" in described["components"]["headers"]
