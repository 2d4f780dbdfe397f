"""Programs that a project may write by mistake."""

from dataclasses import replace
from typing import Any

from django_oauthflows.clients.programs import KnownProgram

GOOD = KnownProgram(
    slug="wiki",
    title="Our wiki",
    callbacks=("/signed-in",),
    template="oauthflows/programs/mealie.txt",
    file_name=".env",
    documentation="https://wiki.example/help",
)
TWIN = replace(GOOD, title="Another wiki")
NOTHING = None


def wiki_with(**changes: Any) -> KnownProgram:
    return replace(GOOD, **changes)


TEXT = "no program"
NO_SLUG = wiki_with(slug="")
LONG_SLUG = wiki_with(slug="w" * 41)
SLASH_IN_SLUG = wiki_with(slug="our/wiki")
SLUG_OF_NONE = wiki_with(slug=None)
TITLE_OF_NONE = wiki_with(title=None)
UNKNOWN_PRESET = wiki_with(preset="web-ap")
NO_TEMPLATE = wiki_with(template="no/such/template.txt")
BAD_TEMPLATE = wiki_with(template="programs/bad.txt")
TEMPLATE_THAT_FAILS = wiki_with(template="programs/failing.txt")
CALLBACK_WITHOUT_SLASH = wiki_with(callbacks=("signed-in",))
CALLBACKS_AS_TEXT = wiki_with(callbacks="/signed-in")
SIGN_OUT_WITHOUT_SLASH = wiki_with(after_sign_out=("signed-out",))
NO_CALLBACKS = wiki_with(callbacks=())
SCOPES_AS_TEXT = wiki_with(scopes="openid")
