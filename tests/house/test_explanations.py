"""What explains a refusal names rules that exist, and paragraphs that can be opened."""

import re
from pathlib import Path

import pytest

import django_oauthflows
from django_oauthflows.audit.explaining import rules_by_name
from django_oauthflows.audit.fixes import FIXES
from django_oauthflows.audit.meanings import MEANINGS
from django_oauthflows.audit.specifications import address_of
from tests.rules.test_every_rule import EVERY

SOURCES = {
    path: path.read_text()
    for path in Path(django_oauthflows.__file__).parent.rglob("*.py")
    if path.name != "fixes.py"
}
CITED = sorted(
    {
        *(name for text in SOURCES.values() for name in re.findall(r'\bspec="([^"]+)"', text)),
        *(meaning.paragraph for meaning in MEANINGS.values()),
        *(asked.spec for asked in EVERY),
    }
)


@pytest.mark.parametrize("specification", CITED)
def test_every_cited_paragraph_can_be_opened(specification: str) -> None:
    address = address_of(specification)
    section = specification.partition("§")[2]
    assert address.startswith(("https://datatracker.ietf.org/doc/html/", "https://openid.net/"))
    assert address.endswith(section)


@pytest.mark.parametrize(
    ("specification", "address"),
    [
        ("RFC 6749 §4.1.3", "https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.3"),
        ("RFC 6749", "https://datatracker.ietf.org/doc/html/rfc6749"),
        ("RFC 7636 §B", "https://datatracker.ietf.org/doc/html/rfc7636#appendix-B"),
        (
            "OpenID Connect Core §3.1.2.1",
            "https://openid.net/specs/openid-connect-core-1_0.html#rfc.section.3.1.2.1",
        ),
        ("A house rule §1", ""),
        ("", ""),
    ],
)
def test_a_paragraph_is_a_link(specification: str, address: str) -> None:
    assert address_of(specification) == address


@pytest.mark.parametrize("name", FIXES)
def test_every_fix_is_for_a_rule_that_exists(name: str) -> None:
    word = re.compile(rf"\b{name}\b")
    made_of_parts = {"redirect_uri_must_be_sent", "code_verifier_must_be_sent"}
    assert name in made_of_parts or any(word.search(text) for text in SOURCES.values())


def test_every_rule_explains_itself() -> None:
    assert {asked.name for asked in EVERY} <= rules_by_name().keys()
    assert all(asked.note for asked in rules_by_name().values())
