"""A million ended rows are deleted while requests run: none waits 250 ms for a lock, and memory stays flat.

tox run -e bench -- -s tests/benchmarks/bench_cleanup.py   (with DATABASE_URL naming a PostgreSQL)
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.models import Authorization
from tests.stories import begin

ROWS = int(os.environ.get("CLEANUP_ROWS", "1000000"))
THREADS = 3
#: How long a statement of a request may wait for a lock before PostgreSQL breaks it off.
LONGEST_WAIT = "250ms"
#: How much more memory a run over all those rows may need than one over none, in MB.
MOST_MEMORY = 30

#: The command in a process of its own, which says how much memory it took at most (kB).
COMMAND = """
import django, re
django.setup()
from django.core.management import call_command
call_command("oauthflows_cleanup", json=True)
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""

FILL = """
INSERT INTO oauthflows_authorization (id, application_id, user_id, flow, scope, resource, created, last_used,
    expires, session, acr, nonce, code_checksum, redeemed, first_access_checksum,
    front_access_checksum, replay_checksum, replay_answer, revoked_because, amr, sid, origins, code_proof)
SELECT md5('family' || n)::uuid, %(client)s, %(person)s, 'authorization-code-pkce', 'notes:read', '[]',
    %(begun)s, %(begun)s, %(ended)s, '', '', '', md5('code' || n), %(begun)s, md5('access' || n),
    '', '', '', '', '[]', '', '[]', ''
FROM generate_series(1, %(count)s) AS n;
INSERT INTO oauth2_provider_accesstoken (id, user_id, application_id, token, token_checksum, expires, scope,
    resource, created, updated)
SELECT 10 + n, %(person)s, %(client)s, '', md5('access' || n), %(ended)s, 'notes:read', '[]', %(begun)s,
    %(begun)s
FROM generate_series(1, %(count)s * 2) AS n;
INSERT INTO oauth2_provider_refreshtoken (id, user_id, application_id, token, token_checksum, access_token_id,
    token_family, resource, created, updated)
SELECT 10 + n, %(person)s, %(client)s, '', md5('refresh' || n), 10 + n, md5('family' || n)::uuid, '[]',
    %(begun)s, %(begun)s
FROM generate_series(1, %(count)s) AS n;
SELECT setval(pg_get_serial_sequence('oauth2_provider_accesstoken', 'id'), 10 + %(count)s * 2);
SELECT setval(pg_get_serial_sequence('oauth2_provider_refreshtoken', 'id'), 10 + %(count)s);
"""


def fill(story: Any, count: int) -> None:
    """Families that reached their absolute end: a grant, a refresh token and two access tokens each."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            FILL,
            {
                "client": story.registered.application.pk,
                "person": story.person.pk,
                "begun": now - timedelta(days=90),
                "ended": now - timedelta(days=2),
                "count": count // 4,
            },
        )
        cursor.execute("ANALYZE")


def cleanup() -> tuple[dict[str, int], float, float]:
    """What went, the seconds it took, and its process's memory at most in MB."""
    database = connection.settings_dict
    address = f"{database['HOST']}:{database['PORT']}" if database["PORT"] else database["HOST"]
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{address}/{database['NAME']}"
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", COMMAND],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings.base"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    counts, memory = done.stdout.split("\n")[:2]
    return json.loads(counts), perf_counter() - began, int(memory) / 1024


class Traffic(Thread):
    """A client that refreshes and calls the API, over and over, until told to stop."""

    def __init__(self, story: Any, stop: Event) -> None:
        super().__init__()
        self.story, self.stop = story, stop
        self.times: list[float] = []
        self.faults: list[str] = []

    def run(self) -> None:
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
            tokens = self.story.tokens()
            while not self.stop.is_set():
                response = self.timed(self.story.refresh, tokens["refresh_token"])
                tokens = response.json()
                response = self.timed(self.story.call, tokens["access_token"])
                # So that the cleanup takes away what a live refresh token refers to.
                get_access_token_model().objects.filter(
                    token_checksum=checksum(tokens["access_token"])
                ).update(expires=timezone.now() - timedelta(days=2))
                sleep(0.01)
        except (DatabaseError, KeyError) as fault:
            self.faults.append(repr(fault))
        finally:
            connections.close_all()

    def timed(self, call: Any, value: str) -> Any:
        began = perf_counter()
        response = call(value)
        self.times.append(perf_counter() - began)
        if response.status_code != 200:
            self.faults.append(response.content.decode())
        return response


@pytest.fixture
def live(transactional_db: None) -> Iterator[list[Traffic]]:
    stop = Event()
    threads = [Traffic(begin(), stop) for _ in range(THREADS)]
    yield threads
    stop.set()
    for thread in threads:
        thread.join(60)


@pytest.mark.postgres
def test_a_million_rows_go_and_no_request_waits(live: list[Traffic]) -> None:
    _, _, memory_for_none = cleanup()
    fill(begin(), ROWS)
    for thread in live:
        thread.start()
    counts, seconds, memory = cleanup()
    live[0].stop.set()
    for thread in live:
        thread.join(60)
    times = sorted(time for thread in live for time in thread.times)
    print(  # noqa: T201
        f"\n{ROWS} rows in {seconds:.1f} s, {memory:.0f} MB (over no rows: {memory_for_none:.0f} MB); "
        f"meanwhile {len(times)} requests, median {times[len(times) // 2] * 1000:.1f} ms, "
        f"longest {times[-1] * 1000:.0f} ms"
    )
    assert [fault for thread in live for fault in thread.faults] == []
    assert counts["grants"] == counts["refresh_tokens"] == ROWS // 4
    assert counts["access_tokens"] >= ROWS // 2
    assert memory - memory_for_none < MOST_MEMORY
    assert Authorization.objects.count() == THREADS
    assert get_refresh_token_model().objects.filter(revoked__isnull=True).count() == THREADS
