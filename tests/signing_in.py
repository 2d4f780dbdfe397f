"""A person on their way: sent to the sign-in page and back to the authorization request."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core import signing

from django_oauthflows.testing.factories import PASSWORD
from tests.stories import Story

#: What the cookie of errands is signed with.
_SALT = "django_oauthflows.protocol.errands"


def page_of(response: Any) -> str:
    """The path of the page a redirect leads to."""
    assert response.status_code in (302, 303), response.content
    return urlsplit(response["Location"]).path


def told(response: Any) -> dict[str, str]:
    """What that page is told in its query."""
    query = parse_qs(urlsplit(response["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def sign_in(story: Story, response: Any, person: Any = None) -> Any:
    """Sign in on the page the redirect leads to, and come back to the request; what it answers then."""
    name = (person or story.person).username
    entered = story.browser.post(response["Location"], {"username": name, "password": PASSWORD})
    assert entered.status_code == 302, entered.content
    return story.browser.get(entered["Location"])


def come_back(story: Story, response: Any) -> Any:
    """Go back to the request without having done what the page was for."""
    return story.browser.get(told(response)["next"])


def grow_old(story: Story, seconds: float) -> None:
    """Let the sign-in have happened so much earlier."""
    session = story.browser.session
    session["_oauthflows_auth_time"] -= seconds
    session.save()


def let_pass(story: Story, seconds: float) -> None:
    """Let time pass: the sign-in, and what the browser was sent away for, are so much earlier."""
    grow_old(story, seconds)
    cookie = story.browser.cookies["oauthflows_errands"]
    errands = signing.loads(cookie.value, salt=_SALT)
    for errand in errands.values():
        if errand["sent_to_sign_in"] is not None:
            errand["sent_to_sign_in"] -= seconds
    story.browser.cookies["oauthflows_errands"] = signing.dumps(errands, salt=_SALT)
