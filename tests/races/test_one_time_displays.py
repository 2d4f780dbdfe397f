"""A secret that waits for its page: of many requests at once, by the same browser, one shows it."""

from typing import Any

import pytest
from django.test import Client

from django_oauthflows.clients.one_time_models import OneTimeDisplay
from tests.admin.pages import administrator
from tests.marks import spec
from tests.races.together import sixteen, statuses

pytestmark = pytest.mark.django_db(transaction=True)

TOKENS = "/admin/oauthflows/initialaccesstoken/"


@spec("B-4")
def test_of_many_looks_at_once_one_sees_the_secret(rounds: range) -> None:
    for _ in rounds[:5]:
        browser = administrator()
        url = browser.post(f"{TOKENS}add/", {"label": "x", "max_uses": "1"})["Location"]

        def look(browser: Client = browser, url: str = url) -> Any:
            other = Client(raise_request_exception=False)
            other.cookies = browser.cookies.copy()
            return other.get(url)

        answers = sixteen(look)

        assert statuses(answers) == [200, *[410] * 15]
        shown = [answer for answer in answers if b"oauthflows-secret" in answer.content]
        assert len(shown) == 1
        assert not OneTimeDisplay.objects.exists()
