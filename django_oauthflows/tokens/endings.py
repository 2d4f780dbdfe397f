"""What else ends a person's grants: a new password, or the end of the sign-in they were given in."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save

from django_oauthflows import dot
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.conf import conf
from django_oauthflows.tokens import families
from django_oauthflows.tokens.sessions import current_sid, session_checksum


def listen() -> None:
    """Connect to Django's signals; called once when the app is ready."""
    post_save.connect(
        _password_may_have_changed, sender=get_user_model(), dispatch_uid="oauthflows-password"
    )
    user_logged_out.connect(_signed_out, dispatch_uid="oauthflows-signed-out")


def _password_may_have_changed(sender: Any, instance: Any, created: bool, **_: Any) -> None:
    """`set_password` leaves its mark until the row is saved; the silent upgrade of an old hash does not."""
    if created or getattr(instance, "_password", None) is None:
        return
    spared = _spared("revokes_on_password_change", by_default=conf.REVOKE_ON_PASSWORD_CHANGE)
    families.revoke_all(person=instance, reason="password_changed", spared=spared)


def _signed_out(sender: Any, request: Any, user: Any, **_: Any) -> None:
    if user is None or request is None:
        return
    end_sign_in(user, session=session_checksum(request), sid=current_sid(request))


def end_sign_in(person: Any, *, session: str = "", sid: str = "") -> None:
    """End what was granted in one sign-in, as far as policies and the site's default say so."""
    if not session and not sid:
        return
    where: dict[str, Any] = {"session": session, "sid": sid}
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
