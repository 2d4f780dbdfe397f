"""Every list of the admin keeps its limits on a site of five thousand clients.

tox run -e postgres -- -s tests/scale    prints what each page takes; tests/benchmarks/bench_admin.py has the
same on a site twenty times as large.
"""

import pytest

from tests.scale.costs import hold_costs_down
from tests.scale.filling import Size


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_every_list_takes_few_statements_and_little_time() -> None:
    hold_costs_down(Size(access_tokens=50_000, audit_events=5_000, people=5_000))
