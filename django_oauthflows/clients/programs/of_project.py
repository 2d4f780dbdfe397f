"""Programs of a project (`KNOWN_PROGRAMS`): those that can be used, and what is wrong with the others."""

import logging
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from django_oauthflows.clients import presets
from django_oauthflows.clients.programs.base import KnownProgram
from django_oauthflows.clients.programs.configuration import template_fault
from django_oauthflows.conf import conf
from django_oauthflows.core.text import for_terminal

logger = logging.getLogger("django_oauthflows")

#: As it stands in the client's row and in the URL of the form.
_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,40}\Z")
_TEXTS = ("title", "template", "file_name", "documentation", "preset", "note")
_LISTS = ("callbacks", "redirect_uris", "after_sign_out", "scopes")


class Unusable(Exception):
    """A sentence about an entry that names no program that could be registered."""


def programs_of_project() -> list[KnownProgram]:
    """Return those that can be used; the log says once why another one is left out."""
    good, wrong = _sorted_out()
    for sentence in wrong:
        _log_once(sentence)
    return good


def faults_of_project() -> list[str]:
    """Return a sentence about each entry that is left out."""
    return _sorted_out()[1]


def _sorted_out() -> tuple[list[KnownProgram], list[str]]:
    written = conf.KNOWN_PROGRAMS
    if isinstance(written, str) or not isinstance(written, Collection):
        return [], [f"It is no list: {for_terminal(repr(written))}."]
    good: dict[str, KnownProgram] = {}
    wrong = []
    for entry in written:
        try:
            program = _read(entry)
            if program.slug in good:
                raise Unusable(f"another entry has the slug {program.slug}.")
        except Unusable as fault:
            wrong.append(for_terminal(f"{entry}: {fault}"))
        else:
            good[program.slug] = program
    return list(good.values()), wrong


def _read(entry: Any) -> KnownProgram:
    """Import one. Raises `Unusable`."""
    if not isinstance(entry, str):
        raise Unusable("this is no dotted path.")
    try:
        program = import_string(entry)
    except Exception as error:  # noqa: BLE001 - a module of the project may do anything
        raise Unusable(f"it cannot be imported ({error}).") from None
    if not isinstance(program, KnownProgram):
        raise Unusable("it is no KnownProgram.")
    for fault in _faults(program):
        raise Unusable(fault)
    return program


def _faults(program: KnownProgram) -> Iterator[str]:
    yield from _faults_of_kinds(program)
    if not _SLUG.match(program.slug):
        yield f"its slug {program.slug!r} is not up to 40 letters, digits and hyphens."
    preset = presets.BY_SLUG.get(program.preset)
    if preset is None:
        yield f"there is no preset {program.preset}."
    elif preset.needs_redirect_uri and not (program.callbacks or program.redirect_uris):
        yield "it has neither callbacks nor redirect_uris."
    for name in ("callbacks", "after_sign_out"):
        if wrong := [path for path in getattr(program, name) if path and not path.startswith("/")]:
            yield f"{name} are paths that begin with a slash, and {wrong[0]!r} is none."
    if fault := template_fault(program):
        yield f"its template {program.template} cannot be used ({fault})."


def _faults_of_kinds(program: KnownProgram) -> Iterator[str]:
    """A text in place of a list is taken letter by letter."""
    slug: Any = program.slug
    if not isinstance(slug, str):
        yield "its slug is no text."
    for name in _TEXTS:
        if not isinstance(getattr(program, name), str | Promise):
            yield f"its {name} is no text."
    for name in _LISTS:
        value = getattr(program, name)
        if not isinstance(value, tuple | list) or not all(isinstance(one, str) for one in value):
            yield f"its {name} are no list of texts, as ({value!r},)."


@lru_cache(maxsize=64)
def _log_once(sentence: str) -> None:
    logger.warning("KNOWN_PROGRAMS is not used as it is written. %s", sentence)
