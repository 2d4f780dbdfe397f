"""What the example project's clients are told of its people."""

import json
import os
import subprocess
from pathlib import Path

from django_oauthflows.identity.claims import STANDARD_CLAIMS
from example_project.accounts.people import PEOPLE
from tests.clients_real.conftest import new_database
from tests.demo.conftest import MANAGE
from tests.marks import spec
from tests.servers import free_port, run

TOLD = """
import json
from django.contrib.auth import get_user_model
from django_oauthflows import dot
from django_oauthflows.identity.claims import all_claims
people = get_user_model().objects.order_by("pk")
claims = {name: claim for name, claim in all_claims().items() if claim.scope in dot.open_scopes()}
told = {p.username: {name: claim.source(p) for name, claim in claims.items()} for p in people}
print("TOLD" + json.dumps(told))
"""


@spec("OpenID Connect Core §5.1")
def test_clients_are_told_all_standard_claims_of_the_seeded_people(tmp_path: Path) -> None:
    port = free_port()
    with new_database(tmp_path, port) as database_url:
        env = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": "tests only"}
        env.pop("DJANGO_SETTINGS_MODULE", None)
        run([*MANAGE, "migrate", "--verbosity=0"], env)
        for _ in range(2):
            run([*MANAGE, "seed", f"--port={port}"], env)
        shell = [*MANAGE, "shell", "--no-imports", "-c", TOLD]
        said = subprocess.run(shell, env=env, capture_output=True, text=True, check=True).stdout
    told = json.loads(said.partition("TOLD")[2])
    assert told.keys() >= {person.username for person in PEOPLE}
    # Groups and roles are told to clients that are listed for them alone.
    wanted = STANDARD_CLAIMS.keys() - {"groups", "roles"}
    for claims in told.values():
        assert {name for name in wanted if claims.get(name) in (None, "")} == set()
