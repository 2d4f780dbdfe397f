"""Time-outs of the cache and the database: without them a service that hangs holds every request with it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning

#: The end of a cache's backend → the options that bound how long it is waited for.
_OF_CACHES = {
    "django.core.cache.backends.redis.RedisCache": ("socket_timeout", "socket_connect_timeout"),
    "django_redis.cache.RedisCache": ("SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT"),
    "django.core.cache.backends.memcached.PyMemcacheCache": ("timeout", "connect_timeout"),
}
#: The end of a database's engine → its options, and its server's settings, that do the same.
_OF_DATABASES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "postgresql": (("connect_timeout",), ("lock_timeout", "statement_timeout")),
    "postgis": (("connect_timeout",), ("lock_timeout", "statement_timeout")),
    "mysql": (("connect_timeout", "read_timeout", "write_timeout"), ()),
}


def check_caches(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name a cache that may be waited for without end."""
    cache = settings.CACHES.get("default", {})
    needed = _OF_CACHES.get(str(cache.get("BACKEND", "")), ())
    said = {*cache.get("OPTIONS", {}), *_in_addresses(cache.get("LOCATION", ""))}
    missing = [name for name in needed if name not in said]
    if not missing:
        return []
    options = ", ".join(f'"{name}": 0.5' for name in missing)
    return [
        Warning(
            "A cache that hangs holds every request that counts an attempt: CACHES['default'] has no "
            f"{' and no '.join(missing)}.",
            hint=f'Write "OPTIONS": {{{options}}} (seconds) beside its LOCATION.',
            id="oauthflows.W140",
        )
    ]


def check_databases(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each database that may be waited for without end."""
    return [
        Warning(
            "A database that hangs, or a lock that is held, leaves requests without an answer: "
            f"DATABASES[{alias!r}] has no {' and no '.join(missing)}.",
            hint=_advice(database, missing),
            id="oauthflows.W141",
        )
        for alias, database in settings.DATABASES.items()
        if (missing := _missing(database))
    ]


def _missing(database: Mapping[str, Any]) -> list[str]:
    engine = str(database.get("ENGINE", "")).rpartition(".")[2]
    options, of_server = _OF_DATABASES.get(engine, ((), ()))
    said = database.get("OPTIONS", {})
    of_session = f"{said.get('options', '')} {said.get('init_command', '')}"
    return [name for name in options if name not in said] + [
        name for name in of_server if name not in of_session
    ]


def _advice(database: Mapping[str, Any], missing: list[str]) -> str:
    if "mysql" in str(database.get("ENGINE", "")):
        options = ", ".join(f'"{name}": 10' for name in missing)
        return f'Write "OPTIONS": {{{options}}} (seconds).'
    return (
        'Write "OPTIONS": {"connect_timeout": 3, "options": "-c lock_timeout=5s -c statement_timeout=15s"}. '
        "Silence this where the database's role has them (ALTER ROLE … SET), as behind a pooler."
    )


def _in_addresses(location: Any) -> set[str]:
    """The options that a redis:// address holds in its query."""
    addresses = [location] if isinstance(location, str) else list(location)
    return {name for address in addresses for name, _ in parse_qsl(urlsplit(str(address)).query)}
