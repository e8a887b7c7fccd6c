"""The OpenAPI document against the running API: what it promises is what is answered."""

import json
from io import StringIO
from uuid import uuid4

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks, positive_data_acceptance

from config.wsgi import application
from followup.api.document import written

load_all_checks()

EXAMPLES = 5
"""Requests a operation; each is checked against the document in every respect that schemathesis knows."""


@pytest.fixture
def one_connection():
    """Requests end by closing the connection, which here holds the test's own transaction."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


# Random requests find what matters; the exhaustive phase would take minutes.
CONFIG = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": False}}})
schema = schemathesis.openapi.from_wsgi("/api/schema/", application, config=CONFIG)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_every_operation_does_what_the_document_says(case, one_connection, north):
    # Zones, numbers in use and survey documents are beyond what a schema can say, so a fitting body may be refused.
    case.call_and_validate(
        headers={"Authorization": f"Bearer {north.token()}"}, excluded_checks=[positive_data_acceptance]
    )


def test_the_document_is_written_without_a_warning():
    out = StringIO()
    call_command("spectacular", "--fail-on-warn", stdout=out)
    assert "openapi: 3.1.0" in out.getvalue()


def documented_examples():
    """Every example of a request in the document, with the address it is posted to."""
    for path, operations in json.loads(written(as_json=True))["paths"].items():
        content = operations.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        for example in content.get("examples", {}).values():
            yield path, example["value"]


def test_the_examples_work_as_they_are_written(north, api):
    tried = []
    for path, body in documented_examples():
        if "{" in path:
            continue
        named = {"patient": str(uuid4()), "staff": str(north.staff["admin"].pk)}
        response = api.post(path, body | {name: value for name, value in named.items() if name in body})
        tried.append((path, response.status_code))
    # The plan's survey is not live here, the care session's patient is nobody's, the admin has no number to be alerted
    # at: the bodies themselves fit.
    assert sorted(tried) == [
        ("/api/v1/care-sessions/", 404),
        ("/api/v1/patients/", 201),
        ("/api/v1/plans/", 400),
        ("/api/v1/staff/", 201),
        ("/api/v1/staff/shifts/", 400),
        ("/api/v1/surveys/", 201),
        ("/api/v1/tokens/", 201),
        ("/api/v1/webhooks/", 201),
    ]


def test_the_documentation_page_loads_nothing_from_elsewhere(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
    assert "<script>" not in page.content.decode()
    assert "<style>" not in page.content.decode()
    assert client.get("/api/docs/", {"script": ""}).status_code == 200


def test_the_document_comes_as_yaml_and_as_json(client):
    assert client.get("/api/schema/").content.startswith(b"openapi: 3.1.0")
    document = json.loads(client.get("/api/schema/?format=json").content)
    assert document["info"]["description"].startswith("Followup asks patients")
    assert set(document["components"]["securitySchemes"]) == {"bearer", "cookieAuth"}
