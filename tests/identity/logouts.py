"""What the stories of sign-outs share."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user

from tests.identity.stories import relying_party
from tests.stories import Story

PAGE = "/o/logout/"
BACK = "https://client.example/signed-out"


def signed_in(**openid: Any) -> tuple[Story, dict[str, Any]]:
    """A relying party with a way back after signing out, and the tokens somebody's sign-in earned it."""
    story = relying_party(**openid)
    application = story.registered.application
    application.post_logout_redirect_uris = BACK
    application.save()
    return story, story.tokens()


def ask(story: Story, **parameters: Any) -> Any:
    """Send the person's browser to the end-session endpoint."""
    sent = {name: value for name, value in parameters.items() if value is not None}
    return story.browser.get(f"{PAGE}?{urlencode(sent, doseq=True)}")


def press(story: Story, decision: str, **parameters: Any) -> Any:
    """Press a button of the page that asks."""
    return story.browser.post(f"{PAGE}?{urlencode(parameters)}", {"decision": decision})


def is_signed_in(story: Story) -> bool:
    """Does the site still know who is in front of the browser?"""

    class Request:
        session = story.browser.session

    return bool(get_user(Request()).is_authenticated)  # type: ignore[arg-type]
