"""What the example project's clients are told of its people."""

import json

from django_oauthflows.identity.claims import STANDARD_CLAIMS
from example_project.accounts.people import PEOPLE
from tests.databases import MANAGE
from tests.marks import spec
from tests.servers import run

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
def test_clients_are_told_all_standard_claims_of_the_seeded_people(
    served: tuple[str, dict[str, str]],
) -> None:
    _, env = served
    said = run([*MANAGE, "shell", "--no-imports", "-c", TOLD], env)
    told = json.loads(said.partition("TOLD")[2])
    assert told.keys() >= {person.username for person in PEOPLE}
    # Groups and roles are told to clients that are listed for them alone.
    wanted = STANDARD_CLAIMS.keys() - {"groups", "roles"}
    for claims in told.values():
        assert {name for name in wanted if claims.get(name) in (None, "")} == set()
