"""The OpenAPI document: made without a warning, true to the views, and not needed to run them."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from django_oauthflows import own_scopes
from tests.management_api.table import MANAGING, OWN

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "/api/oauthflows/"


def run(*arguments: str, settings: str) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": settings}
    return subprocess.run(
        [sys.executable, *arguments], env=known, cwd=ROOT, capture_output=True, text=True
    )


@cache
def document() -> dict[str, Any]:
    """As `spectacular --validate --fail-on-warn` makes it of a site that serves the API."""
    made = run(
        "-m",
        "django",
        "spectacular",
        "--validate",
        "--fail-on-warn",
        "--format",
        "openapi-json",
        settings="tests.settings.documented",
    )
    assert made.returncode == 0, made.stderr
    told: dict[str, Any] = json.loads(made.stdout)
    return told


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """Those of the API, by path and method."""
    paths = [one for one in document()["paths"].items() if one[0].startswith(PREFIX)]
    return {(path, method): told for path, methods in paths for method, told in methods.items()}


def test_the_document_has_every_operation_and_no_other() -> None:
    told = operations().values()
    assert len(told) == len(MANAGING) + len(OWN)
    assert len({one["operationId"] for one in told}) == len(told)


def test_each_operation_names_the_one_scope_it_needs() -> None:
    scopes = sorted(scope for one in operations().values() for scope in _scopes(one))
    table = [row.scope for row in MANAGING.values()] + [scope for scope, _ in OWN.values()]
    assert scopes == sorted(table)


def _scopes(operation: dict[str, Any]) -> list[str]:
    (requirement,) = operation["security"]
    (scopes,) = requirement.values()
    assert len(scopes) == 1
    return list(scopes)


def test_some_operations_name_theirs() -> None:
    told = operations()
    assert _scopes(told[f"{PREFIX}clients/", "post"]) == ["oauthflows:clients:write"]
    assert _scopes(told[f"{PREFIX}clients/{{key}}/secrets/", "get"]) == ["oauthflows:clients:read"]
    assert _scopes(told[f"{PREFIX}me/apps/", "get"]) == ["oauthflows:self:read"]


def test_the_scheme_leads_to_this_sites_endpoints() -> None:
    scheme = document()["components"]["securitySchemes"]["oauthflows"]
    flows = scheme["flows"]
    assert flows["authorizationCode"]["authorizationUrl"] == "/o/authorize/"
    assert {flow["tokenUrl"] for flow in flows.values()} == {"/o/token/"}
    for flow in flows.values():
        assert flow["scopes"].items() >= own_scopes.DESCRIPTIONS.items()
        # It opens nothing (OpenID Connect Core §11).
        assert "offline_access" not in flow["scopes"]


def test_the_program_and_the_audience_of_a_client_are_described() -> None:
    schemas = document()["components"]["schemas"]
    new = schemas["NewClient"]
    assert {"program", "address"} <= new["properties"].keys()
    assert not new.get("required")
    assert schemas["PolicyShape"]["properties"]["program"]["readOnly"]
    assert "program" not in schemas["PatchedClientChange"]["properties"]
    audience = schemas["ClientShape"]["properties"]["audience"]
    assert (audience["type"], audience["items"]["type"]) == ("array", "string")
    assert "aud" in audience["description"]


def test_each_operation_says_what_it_is_and_what_it_answers() -> None:
    for (path, method), told in operations().items():
        where = f"{method} {path}"
        assert told["summary"], where
        assert told["description"], where
        assert {"401", "403"} <= told["responses"].keys(), where
        (ok,) = (status for status in told["responses"] if status.startswith("2"))
        for kind, content in told["responses"][ok].get("content", {}).items():
            assert content["schema"], where
            assert kind == "application/jsonl" or content["examples"], where
        for content in told.get("requestBody", {}).get("content", {}).values():
            assert content["examples"], where


def test_each_example_is_of_the_shape_it_stands_for() -> None:
    schemas = document()["components"]["schemas"]

    def fits(value: Any, schema: dict[str, Any]) -> None:
        while "$ref" in schema or "allOf" in schema:
            reference = schema.get("$ref") or schema["allOf"][0]["$ref"]
            schema = schemas[reference.rpartition("/")[2]]
        if isinstance(value, list):
            for one in value:
                fits(one, schema.get("items", {}))
        elif isinstance(value, dict) and "properties" in schema:
            assert value.keys() <= schema["properties"].keys()
            for name, one in value.items():
                fits(one, schema["properties"][name])

    count = 0
    for told in operations().values():
        bodies = [told.get("requestBody", {}), *told["responses"].values()]
        for content in (c for body in bodies for c in body.get("content", {}).values()):
            for example in content.get("examples", {}).values():
                fits(example["value"], content["schema"])
                count += 1
    assert count > len(MANAGING)


def test_only_what_makes_a_secret_answers_with_one() -> None:
    """By the document; by the answers, `test_no_secrets`."""
    found = set()
    for (path, method), told in operations().items():
        for response in told["responses"].values():
            text = json.dumps(response)
            for name in document()["components"]["schemas"]:
                if f'schemas/{name}"' in text and "Secret" in name and "SecretShape" not in name:
                    found.add((path.removeprefix(PREFIX), method))
    assert found == {
        ("clients/", "post"),
        ("clients/{key}/secrets/", "post"),
        ("clients/{key}/secrets/{secret}/rotate/", "post"),
    }


WITHOUT = """
import sys
sys.modules["drf_spectacular"] = None
import django
django.setup()
from django_oauthflows.api import describing, urls
assert describing.spectacular is None
print(len(urls.urlpatterns))
"""


def test_the_api_runs_where_nothing_makes_a_document() -> None:
    made = run("-c", WITHOUT, settings="tests.settings.base")
    assert made.returncode == 0, made.stderr
    assert int(made.stdout) > 20


APART = """
import django
from django.test import override_settings
django.setup()
from drf_spectacular.generators import SchemaGenerator
from django.urls import path
from tests.api import Notes
from drf_spectacular.utils import extend_schema
patterns = [path("notes/", extend_schema(responses=str, request=None)(Notes).as_view())]
with override_settings(ROOT_URLCONF=__name__):
    urlpatterns = patterns
    schema = SchemaGenerator(patterns=patterns).get_schema(public=True)
print(schema["components"]["securitySchemes"])
print(schema["paths"]["/notes/"]["post"]["security"])
"""


def test_an_api_that_runs_apart_from_its_server_takes_bearer_tokens() -> None:
    made = run("-c", APART, settings="tests.settings.documented")
    assert made.returncode == 0, made.stderr
    scheme, security = made.stdout.splitlines()
    assert scheme == "{'oauthflows': {'type': 'http', 'scheme': 'bearer'}}"
    assert "notes:write" in security


@pytest.mark.parametrize("issuer", ["https://id.example.com/o"])
def test_addresses_are_absolute_where_the_issuer_is_known(issuer: str, settings: Any) -> None:
    pytest.importorskip("drf_spectacular")
    from django_oauthflows.resource_server.openapi import OAuth2TokenScheme

    settings.OAUTHFLOWS = {"ISSUER": issuer}
    told = OAuth2TokenScheme(OAuth2TokenScheme.target_class).get_security_definition(None)
    assert told["flows"]["clientCredentials"]["tokenUrl"] == "https://id.example.com/o/token/"
