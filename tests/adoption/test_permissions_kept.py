"""Whoever could add secrets to clients goes on doing it: on a site that ran without, before, and anew."""

import json
from pathlib import Path

import pytest

from tests.adoption.conftest import AFTER, BEFORE, Site

pytestmark = pytest.mark.sqlite

FILL = """
import django; django.setup()
from django.contrib.auth.models import Group, Permission, User
change, view = (Permission.objects.get(codename=f"{x}_application") for x in ("change", "view"))
User.objects.create(username="changer").user_permissions.add(change)
User.objects.create(username="looker").user_permissions.add(view)
group = Group.objects.create(name="changers")
group.permissions.add(change)
User.objects.create(username="member").groups.add(group)
"""
ASK = """
import django, json; django.setup()
from django.contrib.auth.models import Permission, User
name = "rotate_clientsecret"
print(json.dumps([
    Permission.objects.filter(codename=name).count(),
    sorted(u.username for u in User.objects.all() if u.has_perm(f"oauthflows.{name}")),
]))
"""
FORGET = """
import django; django.setup()
from django.contrib.auth.models import Permission
Permission.objects.filter(codename="rotate_clientsecret").delete()
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(file=tmp_path / "site.sqlite3")


def holders(site: Site) -> tuple[int, list[str]]:
    permissions, people = json.loads(site.python(AFTER, "-c", ASK))
    return permissions, people


def test_on_a_site_that_adds_the_app(site: Site) -> None:
    site.manage(BEFORE, "migrate", "--verbosity=0")
    site.python(BEFORE, "-c", FILL)
    site.manage(AFTER, "migrate", "--verbosity=0")
    assert holders(site) == (1, ["changer", "member"])


def test_on_a_site_that_ran_an_earlier_release(site: Site) -> None:
    site.manage(AFTER, "migrate", "--verbosity=0")
    site.manage(AFTER, "migrate", "oauthflows", "0002", "--verbosity=0")
    site.python(AFTER, "-c", FORGET)
    site.python(AFTER, "-c", FILL)
    for _ in range(2):
        site.manage(AFTER, "migrate", "--verbosity=0")
        assert holders(site) == (1, ["changer", "member"])


def test_on_a_new_site_nobody_has_it_before_it_is_given(site: Site) -> None:
    site.manage(AFTER, "migrate", "--verbosity=0")
    site.python(AFTER, "-c", FILL)
    assert holders(site) == (1, [])
