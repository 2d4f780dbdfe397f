"""A site with a read replica: what was withdrawn a moment ago is not read from there."""

from typing import Any

import pytest
from django.test import override_settings

from django_oauthflows.consent.memory import withdraw
from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import answered
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db


class Replica:
    """Sends every reading of consents to a database that cannot be reached."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "a-replica" if model is Consent else None


@spec("B-15")
def test_whether_people_agreed_is_read_where_it_is_written() -> None:
    story = begin()
    with override_settings(DATABASE_ROUTERS=[f"{__name__}.Replica"]):
        assert story.ask().status_code == 200
        story.decide()
        assert "code" in answered(story.ask())
        withdraw(story.registered.application, story.person)
        assert story.ask().status_code == 200
        assert answered(story.ask(prompt="none"))["error"] == "consent_required"


@spec("B-15", "RFC 8628 §3.3")
def test_so_it_is_on_the_pages_of_a_device() -> None:
    story = begin(flows=["device-code"])
    codes = story.device_codes().json()
    with override_settings(DATABASE_ROUTERS=[f"{__name__}.Replica"]):
        assert story.decide_on_device(codes["user_code"]).status_code == 303
    assert story.poll(codes["device_code"]).status_code == 200
