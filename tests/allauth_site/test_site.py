"""The stories of this folder, on a site with django-allauth (the extra `test` has it)."""

import pytest

from tests.own_process import run_stories

pytestmark = pytest.mark.sqlite


def test_the_stories_hold_with_django_allauth() -> None:
    pytest.importorskip("allauth")
    run_stories("tests.settings.allauth_site", "tests/allauth_site/test_stories.py")
