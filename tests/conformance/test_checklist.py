"""No module without a test, no mark without a module, and a page that says so."""

from tests.conformance.checklist import PAGE, marked_tests, page
from tests.conformance.modules import MODULES


def test_every_module_of_every_profile_has_a_test() -> None:
    assert MODULES - marked_tests().keys() == set()


def test_every_mark_names_a_module_there_is() -> None:
    assert marked_tests().keys() - MODULES == set()


def test_the_page_is_as_it_would_be_made_today() -> None:
    assert PAGE.read_text() == page(), "run: python -m tests.conformance.checklist"
