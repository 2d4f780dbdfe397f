"""Changing a client field by field, judged by the forms of the admin."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import router, transaction
from django.forms.models import modelform_factory
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import trust_marks
from django_oauthflows.clients.fields import KeySetField
from django_oauthflows.clients.forms import ClientForm, PolicyForm
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.openid_forms import wrong_sector

#: What stands in DOT's table of what may be changed.
COLUMNS = ("name", "redirect_uris", "post_logout_redirect_uris", "allowed_origins")
#: What may be changed of the policy. A client stays of its kind; `set_enabled` is a deed of its own.
POLICY_COLUMNS = tuple(
    name for name in PolicyForm.Meta.fields if name not in ("preset", "is_enabled")
)

#: Looks at a client once nobody else can change it, and raises what it likes.
Must = Callable[[Any], None]


def change_client(
    key: Any, changes: Mapping[str, Any], *, by: Any, request: HttpRequest, must: Must
) -> tuple[str, ...]:
    """Change what is named and differs, and return its names; all else stays as it is.

    A client that is another one now loses its marks of trust, unless `by` may give them (`trust_marks`).
    `changes` are of `COLUMNS` and `POLICY_COLUMNS`. Raises `ValidationError`, keyed by field.
    """
    columns = {name: changes[name] for name in COLUMNS if name in changes}
    policy_columns = {name: changes[name] for name in POLICY_COLUMNS if name in changes}
    with transaction.atomic(using=router.db_for_write(ClientPolicy)):
        application, policy = _locked(key)
        must(application)
        before = trust_marks.snapshot(application)
        filled = [_filled(_client_form(), application, columns)] if columns else []
        if policy_columns:
            filled.append(_filled(PolicyForm, _given(policy, application), policy_columns))
        if wrong := {name: list(told) for form in filled for name, told in form.errors.items()}:
            raise ValidationError(wrong)
        if not policy_columns and policy is not None and "redirect_uris" in columns:
            _must_name_one_sector(policy, application.redirect_uris.split())
        changed = tuple(name for form in filled for name in _saved(form))
        if changed:
            lost = trust_marks.keep_or_take_back(application, before, by=by)
            detail = {"changed": sorted(changed), **trust_marks.detail_of(lost)}
            _record(application, by, request, detail)
    return changed


def _must_name_one_sector(policy: ClientPolicy, redirect_uris: list[str]) -> None:
    """Raise `ValidationError` for addresses that its policy does not allow, where that stays as it is."""
    known = policy.subject_type, policy.sector_identifier_uri
    if sentence := wrong_sector(*known, redirect_uris=redirect_uris):
        raise ValidationError({"redirect_uris": [sentence]})


def set_enabled(
    key: Any,
    is_enabled: bool,
    *,
    by: Any,
    request: HttpRequest,
    must: Must = lambda application: None,
) -> None:
    """Let a client work, or stop it and all it holds at once. Raises `ValidationError` without a policy."""
    with transaction.atomic(using=router.db_for_write(ClientPolicy)):
        application, found = _locked(key)
        must(application)
        policy = _given(found, application)
        if policy.is_enabled != is_enabled:
            policy.is_enabled = is_enabled
            policy.save(update_fields=["is_enabled", "updated"])
            _record(application, by, request, {"changed": ["is_enabled"], "enabled": is_enabled})


def _locked(key: Any) -> tuple[Any, ClientPolicy | None]:
    using = router.db_for_write(ClientPolicy)
    # Locked alone: the outer join of the application's own row cannot be, on PostgreSQL.
    policies = ClientPolicy.objects.using(using).select_for_update()
    policy = policies.filter(application_id=key).first()
    applications = dot.application_model()._default_manager.using(using)
    return applications.select_related("oauthflows_policy").get(pk=key), policy


def _given(policy: ClientPolicy | None, application: Any) -> ClientPolicy:
    if policy is None:
        raise ValidationError(
            {"policy": [_("It has no policy yet: an administrator gives it one in the admin.")]}
        )
    policy.application = application
    return policy


def _client_form() -> Any:
    return modelform_factory(dot.application_model(), form=ClientForm, fields=COLUMNS)


def _filled(kind: Any, row: Any, changes: Mapping[str, Any]) -> Any:
    """The form as somebody sends it who changes this and leaves the rest."""
    held = kind(instance=row)
    data = {
        name: _typed(field, changes.get(name, held.get_initial_for_field(field, name)))
        for name, field in held.fields.items()
    }
    return kind(data, instance=row)


def _typed(field: forms.Field, value: Any) -> Any:
    if isinstance(field, KeySetField):
        # Not as the field shows it: it shows no private key, and this has to be refused.
        return "" if value is None else json.dumps(value)
    return field.prepare_value(value)


def _saved(form: Any) -> list[str]:
    """Save what has changed, and no column that somebody else may be changing."""
    changed: list[str] = form.changed_data
    if changed:
        form.instance.save(update_fields=[*changed, "updated"])
    return changed


def _record(application: Any, by: Any, request: HttpRequest, detail: dict[str, Any]) -> None:
    recorder.record(
        Event.CLIENT_CHANGED, application=application, by=by, request=request, detail=detail
    )
