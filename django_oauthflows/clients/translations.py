"""A client's name and addresses in the language of whoever is shown them (RFC 7591 §2.2)."""

from dataclasses import replace
from typing import Any

from django_oauthflows.core import text
from django_oauthflows.rules.requests import ClientFacts

#: Where the facts bear another name than the member.
_FACTS = {"client_name": "name"}


def in_language(client: ClientFacts, language: str | None) -> ClientFacts:
    """The client in a language (RFC 5646), or in the nearest it has; what it has in none is as it is."""
    if not client.translations or not language:
        return client
    found: dict[str, Any] = {
        _FACTS.get(member, member): said
        for member, texts in client.translations.items()
        if (said := text.cleaned(_nearest(texts, language.lower())))
    }
    return replace(client, **found)


def _nearest(texts: object, language: str) -> str:
    """The text of the language, then of its shorter names: pt-BR, then pt (RFC 4647 §3.4)."""
    known = {tag.lower(): text for tag, text in texts.items()} if isinstance(texts, dict) else {}
    while language:
        if language in known:
            return str(known[language])
        language = language.rpartition("-")[0]
    return ""
