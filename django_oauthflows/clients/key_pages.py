"""The keys of a client in the admin: shown as they were understood, fetched when somebody asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.fetching import NotFetched
from django_oauthflows.clients.key_sets import Understood, understood
from django_oauthflows.clients.keys import last_seen, look_now
from django_oauthflows.clients.models import ClientPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySetShown:
    """The keys themselves, or those at `uri`, where `was_fetched` says whether that was ever done."""

    keys: Sequence[Understood]
    uri: str = ""
    was_fetched: bool = True


def understood_of(policy: ClientPolicy | None) -> KeySetShown | None:
    """What is known of a client's keys without asking anybody; `None` for a client without keys."""
    if policy is None or (policy.jwks is None and not policy.jwks_uri):
        return None
    if policy.jwks is not None:
        return KeySetShown(keys=understood(policy.jwks))
    seen = last_seen(policy.jwks_uri)
    return KeySetShown(keys=understood(seen), uri=policy.jwks_uri, was_fetched=seen is not None)


class KeyPages:
    """For the screen of clients: the address of the keys is asked by POST alone."""

    admin_site: Any
    client_for: Any
    _change_url: Any
    message_user: Any

    def key_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.fetch_keys))
        return [path("<int:pk>/keys/fetch/", view, name="oauthflows_fetch_keys")]

    def fetch_keys(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the address now, as a signature by an unknown key would."""
        policy = getattr(self.client_for(request, pk, Deed.CHANGE), "oauthflows_policy", None)
        if policy is None or policy.jwks is not None or not policy.jwks_uri:
            raise Http404
        try:
            look_now(policy.jwks_uri)
        except NotFetched as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("The keys were fetched."), messages.SUCCESS)
        return redirect(self._change_url(pk))
