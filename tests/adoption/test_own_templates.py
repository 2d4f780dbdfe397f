"""Templates of django-oauth-toolkit that a project wrote anew: each is named with ours."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.test import override_settings

from django_oauthflows.adoption.templates import REPLACED
from tests.checks.test_checks import found


def site_with(folder: Path, settings: Any) -> Any:
    (engine,) = settings.TEMPLATES
    return override_settings(TEMPLATES=[{**engine, "DIRS": [str(folder)]}])


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["<p>ours</p>", "{% no_such_tag %}"], ids=["page", "broken"])
def test_a_template_of_the_projects_is_named_with_ours(
    tmp_path: Path, settings: Any, written: str
) -> None:
    page = tmp_path / "oauth2_provider" / "device" / "accept_deny.html"
    page.parent.mkdir(parents=True)
    page.write_text(written)
    with site_with(tmp_path, settings):
        (message,) = found()
    assert message.id == "oauthflows.W182"
    assert "oauth2_provider/device/accept_deny.html" in message.msg
    assert "oauthflows/device/consent.html" in message.msg


@pytest.mark.django_db
def test_dots_own_templates_are_not_named() -> None:
    assert found() == []


def test_every_template_of_dots_has_one_that_replaces_it() -> None:
    folder = Path(apps.get_app_config("oauth2_provider").path, "templates", "oauth2_provider")
    theirs = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    assert theirs == REPLACED.keys()


def test_every_template_that_is_named_is_there() -> None:
    for name in REPLACED.values():
        if name.endswith(".html"):
            get_template(name)
