"""What is published of the routes is what they take and answer."""

from starlette.testclient import TestClient

from coach.server.routes import READS
from coach.server.writes.body import NoBody
from coach.server.writes.imports import ImportFields
from coach.server.writing import IMPORTS, WRITES


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
    form = paths[IMPORTS]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(form["properties"]) == {"file", *ImportFields.model_fields}


def test_an_error_is_described_in_the_form_that_it_has(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in client.get("/openapi.json").text
    for path, methods in described["paths"].items():
        for one in methods.values():
            assert "422" not in one["responses"], path
            content = one["responses"]["default"]["content"]["application/json"]
            assert content["schema"]["$ref"] == "#/components/schemas/Refusal"
    error = client.get("/api/trades?sinse=1").json()
    needed = described["components"]["schemas"]["Refusal"]["properties"]["error"]["required"]
    assert set(error["error"]) == set(needed)


def test_the_first_page_links_only_to_what_takes_nothing(client: TestClient) -> None:
    page = client.get("/").text
    assert 'href="/api/pnl"' in page
    assert "{" not in page
    assert "/api/check" not in page
