"""A million tokens, a hundred thousand audit rows and five thousand clients: every list stays quick.

tox run -e bench -- -s tests/benchmarks/bench_admin.py   (with DATABASE_URL naming a PostgreSQL)
"""

import pytest

from tests.scale.costs import hold_costs_down
from tests.scale.filling import Size


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_among_a_million_tokens_every_list_takes_few_statements_and_little_time() -> None:
    hold_costs_down(Size())
