"""No module without a test, no mark without a module, and a page that says so."""

import pytest

from tests.conformance.checklist import PAGE, covering, marked_tests, page
from tests.conformance.modules import MODULES, PROFILES


@pytest.mark.parametrize("profile", PROFILES)
def test_every_module_of_every_profile_has_a_test(profile: str) -> None:
    assert [module for module, tests in covering(profile).items() if not tests] == []


def test_every_mark_names_a_module_there_is() -> None:
    assert marked_tests().keys() - MODULES == set()


def test_the_page_is_as_it_would_be_made_today() -> None:
    assert PAGE.read_text() == page(), "run: python -m tests.conformance.checklist"
