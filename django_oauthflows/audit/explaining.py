"""One look at a refusal: the rule, why there is one, its paragraph, and what to do about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from django_oauthflows import rules
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.fixes import FIXES
from django_oauthflows.audit.meanings import meaning_of
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.audit.specifications import address_of
from django_oauthflows.rules.base import Rule

_REFERENCE = re.compile(r"[0-9a-f]{12}")
#: The events that a client has a reference of, and that are explained.
_EXPLAINED = (Event.REQUEST_REFUSED, Event.TOKEN_FOUND_INACTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph as it is cited, and where it can be read; without an address for an unknown document."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicExplanation:
    """What anybody who has the reference may know: reasons that a guesser must not tell apart are alike."""

    title: str
    created: datetime
    code: str
    sentence: str
    means: str | Promise
    advice: str | Promise
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What an administrator is told beside the row itself. `why` is empty for a rule that is no more."""

    why: str
    means: str | Promise
    fix: str | Promise
    paragraphs: tuple[Paragraph, ...]


def find(reference: str) -> AuditEvent | None:
    """The refusal, or whatever else happened, under a reference."""
    if not _REFERENCE.fullmatch(reference):
        return None
    rows = AuditEvent.objects.filter(reference=reference)
    return rows.select_related("user", "application").order_by("pk").first()


def publicly(reference: str) -> PublicExplanation | None:
    """What may be told of a refusal to whoever asks; `None` for what is unknown or no refusal."""
    row = find(reference)
    if row is not None and row.event == Event.TOKEN_FOUND_INACTIVE:
        return _of_inactive_token(row)
    if row is None or row.event != Event.REQUEST_REFUSED:
        return None
    meaning = meaning_of(row.code)
    cited = (meaning.paragraph, row.specification if meaning.has_one_reason else "")
    return PublicExplanation(
        title=_("Why a request was refused"),
        created=row.created.replace(second=0, microsecond=0),
        code=row.code,
        sentence=row.sentence,
        means=meaning.means,
        advice=meaning.advice,
        paragraphs=paragraphs(*cited),
    )


def _of_inactive_token(row: AuditEvent) -> PublicExplanation:
    """The same for every reason: whoever asked might not have to know that there is such a token."""
    return PublicExplanation(
        title=_("Why a token is not active"),
        created=row.created.replace(second=0, microsecond=0),
        code="active: false",
        sentence=_("A token was introspected and is not active for the client that asked."),
        means=_(
            "It is unknown, revoked or expired, or it is for another API than the one that asked. Which of "
            "these it is, is told to the people who run this site alone."
        ),
        advice=_(
            "Compare the resource that the token was asked for to the resources that the API is registered "
            "with at this site."
        ),
        paragraphs=paragraphs("RFC 7662 §2.2"),
    )


def is_explained(row: AuditEvent) -> bool:
    """Is there more to say of an event than its row does: why, and what to do?"""
    return row.event in _EXPLAINED


def explain(row: AuditEvent) -> Explanation:
    """Everything that can be said of a refusal, or of an inactive token, from its row."""
    asked = rules_by_name().get(row.rule)
    meaning = meaning_of(row.code)
    return Explanation(
        why=asked.note if asked else "",
        means=meaning.means,
        fix=FIXES.get(row.rule, meaning.advice),
        paragraphs=paragraphs(row.specification, meaning.paragraph),
    )


def paragraphs(*names: str) -> tuple[Paragraph, ...]:
    """Paragraphs with their addresses, each once."""
    return tuple(
        Paragraph(name=name, address=address_of(name)) for name in dict.fromkeys(names) if name
    )


@cache
def rules_by_name() -> Mapping[str, "Rule[object]"]:
    """Every rule there is. Refusals that are no rule of a list explain themselves by their sentence."""
    modules = [
        import_module(f"{rules.__name__}.{found.name}") for found in iter_modules(rules.__path__)
    ]
    return {
        value.name: value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Rule)
    }
