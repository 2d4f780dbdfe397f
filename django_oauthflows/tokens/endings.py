"""Ends of a user's grants that no client asks for: a new password, a sign-out, a deleted account."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.signals import post_save, pre_delete
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.conf import conf
from django_oauthflows.core.model_signals import listen_to_rows
from django_oauthflows.tokens import families
from django_oauthflows.tokens.issuing_conditions import hold_user
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.unredeemed import end_unredeemed


def listen() -> None:
    """Connect to Django's signals; called once when the app is ready."""
    user = get_user_model()
    listen_to_rows(post_save, _password_may_have_changed, user, uid="oauthflows-password")
    listen_to_rows(pre_delete, _leaves, user, uid="oauthflows-user-leaves")


def _password_may_have_changed(sender: Any, instance: Any, created: bool, **_: Any) -> None:
    """`set_password` leaves its mark until the row is saved; the silent upgrade of an old hash does not."""
    if created or getattr(instance, "_password", None) is None:
        return
    spared = _spared("revokes_on_password_change", by_default=conf.REVOKE_ON_PASSWORD_CHANGE)
    families.revoke_all(person=instance, reason="password_changed", spared=spared)
    # A grant that is spared goes on; a code that nobody redeemed was asked for with the old password.
    end_unredeemed(user=instance, reason="password_changed")


def _leaves(sender: Any, instance: Any, **_: Any) -> None:
    """End the tokens of an account that is being deleted, once no more can be issued to it.

    Django has listed what it will delete before it says so, and does not see what was issued since.
    """
    using = dot.token_database()
    tokens = (dot.refresh_token_model(), dot.access_token_model(), dot.id_token_model())
    with transaction.atomic(using=using):
        hold_user(instance.pk, using, leaves=True)
        for model in (Authorization, *tokens, dot.grant_model()):
            model._base_manager.using(using).filter(user_id=instance.pk).delete()


def end_sign_in(
    person: Any, *, session: str = "", sid: str = "", request: HttpRequest | None = None
) -> None:
    """End what was granted in one sign-in, as far as policies and the site's default say so.

    Codes, and device codes, that nobody has redeemed end in any case: redeemed afterwards, they would tell
    the client of a sign-in that is over, and nobody would tell it of the end.
    """
    if not (session or sid) or person.pk is None:
        return
    where: dict[str, Any] = {"session": session, "sid": sid, "request": request}
    end_unredeemed(user=person, reason="signed_out", **where)
    if conf.REVOKE_ON_LOGOUT:
        spared = _spared("revokes_on_logout", by_default=True)
        families.revoke_all(person=person, reason="signed_out", spared=spared, **where)
        return
    for policy in ClientPolicy.objects.filter(revokes_on_logout=True):
        key = policy.application_id
        families.revoke_all(person=person, reason="signed_out", application_key=key, **where)


def _spared(choice: str, *, by_default: bool) -> Any:
    """The clients whose own policy, or the site's default, says that their grants go on."""
    if by_default:
        return ClientPolicy.objects.filter(**{choice: False}).values("application_id")
    said_yes = ClientPolicy.objects.filter(**{choice: True}).values("application_id")
    return dot.application_model()._default_manager.exclude(pk__in=said_yes).values("pk")
