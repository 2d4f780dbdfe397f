"""The migration that notes what live exchanged tokens were made of (`migrations/*_origins.py`)."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

import django_oauthflows
from django_oauthflows.tokens.models import Authorization
from tests.flows.test_exchange_endings import Chain, switch

pytestmark = pytest.mark.django_db

(MIGRATION,) = (Path(django_oauthflows.__file__).parent / "migrations").glob("*_origins.py")


def migrate() -> None:
    """What the migration does to the rows there are."""
    found = spec_from_file_location("the_migration", MIGRATION)
    assert found is not None
    assert found.loader is not None
    module: Any = module_from_spec(found)
    found.loader.exec_module(module)
    module.note_origins(apps, SimpleNamespace(connection=connection))


def as_before() -> None:
    Authorization.objects.update(origins=[], exchanged_checksum=None)


def test_live_exchanged_tokens_learn_the_clients_behind_them() -> None:
    chain = Chain()
    told = list(Authorization.objects.order_by("created").values("origins", "exchanged_checksum"))
    as_before()
    migrate()
    rows = Authorization.objects.order_by("created").values("origins", "exchanged_checksum")
    assert list(rows) == told
    assert [len(row["origins"]) for row in rows] == [0, 1, 2]
    switch(chain.app, on=False)
    assert chain.second.introspect(chain.last) == {"active": False}


def test_one_whose_parent_has_no_row_goes_on() -> None:
    chain = Chain()
    Authorization.objects.filter(application=chain.first.registered.application).update(
        parent=uuid4()
    )
    as_before()
    migrate()
    assert chain.second.introspect(chain.last)["active"]
