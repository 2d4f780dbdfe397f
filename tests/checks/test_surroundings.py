"""What `check --deploy` says of a cache and a database that may be waited for without end."""

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from django.conf import settings

import example_project
from django_oauthflows.checks.surroundings import check_caches, check_databases

REDIS = "django.core.cache.backends.redis.RedisCache"
BOTH = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
POSTGRESQL = "django.db.backends.postgresql"
WHOLE = {"connect_timeout": 3, "options": "-c lock_timeout=5s -c statement_timeout=15s"}


@pytest.mark.parametrize(
    ("cache", "named"),
    [
        ({"BACKEND": REDIS, "LOCATION": "redis://a/1"}, ["socket_timeout", "socket_connect"]),
        ({"BACKEND": REDIS, "LOCATION": "redis://a/1", "OPTIONS": BOTH}, []),
        (
            {"BACKEND": REDIS, "LOCATION": "redis://a/1", "OPTIONS": {"socket_timeout": 1}},
            ["socket_connect_timeout"],
        ),
        (
            {
                "BACKEND": REDIS,
                "LOCATION": [
                    "redis://a/1?socket_timeout=1&socket_connect_timeout=1",
                    "redis://b/1",
                ],
            },
            [],
        ),
        ({"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://a"}, ["SOCKET_TIMEOUT"]),
        (
            {"BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache", "LOCATION": "a:1"},
            ["connect_timeout"],
        ),
        ({"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}, []),
    ],
)
def test_a_cache_without_time_outs_is_named(
    cache: dict[str, Any], named: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "CACHES", {"default": cache})
    messages = check_caches(None)
    assert [message.id for message in messages] == (["oauthflows.W140"] if named else [])
    assert all(name in message.msg for name in named for message in messages)


@pytest.mark.parametrize(
    ("database", "named"),
    [
        ({"ENGINE": POSTGRESQL}, ["connect_timeout", "lock_timeout", "statement_timeout"]),
        ({"ENGINE": POSTGRESQL, "OPTIONS": WHOLE}, []),
        ({"ENGINE": POSTGRESQL, "OPTIONS": {"connect_timeout": 3}}, ["lock_timeout"]),
        ({"ENGINE": "django.db.backends.mysql"}, ["connect_timeout", "read_timeout"]),
        ({"ENGINE": "django.db.backends.sqlite3"}, []),
    ],
)
def test_a_database_without_time_outs_is_named(
    database: dict[str, Any], named: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATABASES", {"default": database})
    messages = check_databases(None)
    assert [message.id for message in messages] == (["oauthflows.W141"] if named else [])
    assert all(name in message.msg for name in named for message in messages)


def test_the_example_has_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example/site")
    monkeypatch.setenv("CACHE_URL", "redis://cache.example/1")
    example = run_path(str(Path(example_project.__file__).parent / "settings.py"))
    monkeypatch.setattr(settings, "DATABASES", example["DATABASES"])
    monkeypatch.setattr(settings, "CACHES", example["CACHES"])
    assert example["CACHES"]["default"]["BACKEND"] == REDIS
    assert check_caches(None) == check_databases(None) == []
