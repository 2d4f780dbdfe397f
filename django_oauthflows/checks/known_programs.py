"""Programs that nobody can register: wrong entries of `KNOWN_PROGRAMS`, and templates that fail."""

from typing import Any

from django.core.checks import CheckMessage, Error

from django_oauthflows.clients.programs.catalogue import PROGRAMS
from django_oauthflows.clients.programs.configuration import template_fault
from django_oauthflows.clients.programs.of_project import faults_of_project
from django_oauthflows.core.text import for_terminal


def check_known_programs(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Look at the project's own programs, and at the templates of ours, which a project may replace."""
    faults = [f"KNOWN_PROGRAMS is wrong. {fault}" for fault in faults_of_project()]
    for program in PROGRAMS:
        if fault := template_fault(program):
            said = for_terminal(fault)
            faults.append(f"The template {program.template} cannot be used ({said}).")
    return [
        Error(
            fault,
            hint='Name KnownPrograms by their paths, as "KNOWN_PROGRAMS": ["wiki.oauth.WIKI"] in OAUTHFLOWS: '
            "each with a preset, a template that can be filled in, and paths that begin with a slash.",
            id="oauthflows.E158",
        )
        for fault in faults
    ]
