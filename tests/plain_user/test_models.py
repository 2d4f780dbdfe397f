"""The stories of this folder, on sites whose user model has less than Django's own."""

import pytest

from tests.own_process import run_stories

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize("site", ["plain_user", "bare_user"])
def test_the_stories_hold_for_another_user_model(site: str) -> None:
    run_stories(f"tests.settings.{site}", "tests/plain_user/test_stories.py")
