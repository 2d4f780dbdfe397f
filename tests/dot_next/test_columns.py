"""The stories of this folder, on a site with the application of django-oauth-toolkit's next release."""

import pytest

from tests.own_process import run_stories

pytestmark = pytest.mark.sqlite


def test_the_stories_hold_for_the_next_releases_application() -> None:
    run_stories("tests.settings.dot_next", "tests/dot_next/test_stories.py")
