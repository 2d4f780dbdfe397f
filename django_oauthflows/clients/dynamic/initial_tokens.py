"""Initial access tokens (RFC 7591 §1.2): issued by the site, shown once, spent with each registration."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import profiles, secrets
from django_oauthflows.clients.dynamic.models import InitialAccessToken, InitialAccessTokenQuerySet
from django_oauthflows.clients.validation import wrong_scopes
from django_oauthflows.core import clock, text
from django_oauthflows.errors import Code, Refusal


def issue(
    *,
    label: str,
    max_uses: int | None = 1,
    expires: datetime | None = None,
    profile: str = "",
    scopes: Sequence[str] = (),
    created_by: Any = None,
    by: Any = None,
    request: HttpRequest | None = None,
) -> tuple[InitialAccessToken, str]:
    """A new token's row, and the token itself, for the only time it can be seen. Raises `ValidationError`.

    `created_by` is a person; `by` and `request` say for the audit log who did it.
    """
    if flaw := text.flaw_of(label):
        raise ValidationError({"label": text.SENTENCES[flaw]})
    if profile and profile not in profiles.BY_SLUG:
        raise ValidationError({"profile": _("There is no profile of this name.")})
    if scopes and (wrong := wrong_scopes(scopes)):
        raise ValidationError({"scopes": wrong})
    if closed := sorted(set(scopes) - dot.open_scopes()):
        raise ValidationError(
            {"scopes": _("Written on one client at a time: %s.") % " ".join(closed)}
        )
    token = secrets.generate()
    row = InitialAccessToken.objects.create(
        label=label[:100],
        checksum=secrets.digest_of(token),
        max_uses=max_uses,
        expires=expires,
        profile=profile,
        scopes=sorted(set(scopes)),
        created_by=created_by,
    )
    recorder.record(
        Event.INITIAL_TOKEN_ISSUED,
        by=by or created_by,
        request=request,
        detail={"label": row.label, "clients": max_uses},
    )
    return row, token


def revoke(
    token: InitialAccessToken, *, by: Any = None, request: HttpRequest | None = None
) -> None:
    """Nobody registers with it any more; the clients that did stay."""
    live = InitialAccessToken.objects.filter(pk=token.pk, revoked__isnull=True)
    if live.update(revoked=clock.now()):
        recorder.record(
            Event.INITIAL_TOKEN_REVOKED, by=by, request=request, detail={"label": token.label}
        )


def live_tokens() -> InitialAccessTokenQuerySet:
    """Those a client can still be registered with."""
    return InitialAccessTokenQuerySet(InitialAccessToken).live()


def find(presented: str) -> InitialAccessToken:
    """The live token that was presented. Raises `Refusal`."""
    checksum = secrets.digest_of(presented)
    token = live_tokens().filter(checksum=checksum).first()
    if token is None:
        raise _not_live()
    return token


def spend(token: InitialAccessToken) -> None:
    """Count one registration; of two at once the last one left goes to one. Raises `Refusal`."""
    live = live_tokens().filter(pk=token.pk)
    if not live.update(uses=F("uses") + 1):
        raise _not_live()


def _not_live() -> Refusal:
    return Refusal(
        Code.INVALID_TOKEN,
        "The initial access token is not valid.",
        rule="initial_access_token_must_be_live",
        spec="RFC 7591 §3",
        status=401,
        fix="Issue another: manage.py oauthflows_issue_initial_access_token.",
    )
