"""What explains a refusal names rules that exist, and paragraphs that can be opened."""

import re
from pathlib import Path

import pytest

import django_oauthflows
from django_oauthflows.audit.explaining import rules_by_name
from django_oauthflows.audit.fixes import FIXES
from django_oauthflows.audit.meanings import MEANINGS
from django_oauthflows.audit.specifications import address_of
from django_oauthflows.protocol.grants import EXCHANGES
from tests.rules.test_every_rule import EVERY

SOURCES = {
    path: path.read_text()
    for path in Path(django_oauthflows.__file__).parent.rglob("*.py")
    if path.parent.name != "fixes"
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


#: Rules whose names are put together where they refuse → all the names that can come of it.
MADE_OF_PARTS = {
    "{steps.presents}_must_be_sent": {
        f"{steps.presents}_must_be_sent" for steps in EXCHANGES.values()
    },
    "{limit.name}_must_be_few": {
        f"guesses_{where}_must_be_few"
        for where in ("at_one_account", "by_one_client", "from_one_network")
    },
    "update_must_{what}": {
        f"update_must_{what}"
        for what in ("name_its_client", "leave_out_what_the_server_says", "not_choose_its_secret")
    },
}


def names_of_rules() -> set[str]:
    """Every rule that can refuse, whether it stands in a list or refuses where it is asked."""
    found = set(rules_by_name())
    for text in SOURCES.values():
        found |= set(re.findall(r'"([a-z0-9_]+_must_[a-z0-9_]+)"', text))
        for pattern in re.findall(r'rule=f"([^"]+)"', text):
            found |= MADE_OF_PARTS[pattern]
    return found


def test_every_rule_has_a_fix_and_every_fix_a_rule() -> None:
    assert names_of_rules() - FIXES.keys() == set()
    assert FIXES.keys() - names_of_rules() == set()


@pytest.mark.parametrize("name", FIXES)
def test_a_fix_is_a_step_of_its_own(name: str) -> None:
    """It says more than why there is the rule, and ends as a sentence does."""
    asked, fix = rules_by_name().get(name), str(FIXES[name])
    assert fix.endswith(".")
    assert len(fix.split()) >= 4
    assert asked is None or fix not in asked.note


def test_every_rule_explains_itself() -> None:
    assert {asked.name for asked in EVERY} <= rules_by_name().keys()
    assert all(asked.note for asked in rules_by_name().values())
