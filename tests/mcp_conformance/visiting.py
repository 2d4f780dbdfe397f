"""A browser that a program opens: `python -m tests.mcp_conformance.visiting URL`.

Ada signs in and agrees, and her browser goes back to the program.
"""

import sys
from urllib.parse import parse_qs, urlsplit

from example_project.accounts.people import PEOPLE
from tests.browsing import Person


def visit(url: str, person: Person) -> None:
    """Agree to an authorization request, and deliver the answer."""
    (redirect_uri,) = parse_qs(urlsplit(url).query)["redirect_uri"]
    location = person.allow(url, redirect_uri)
    person.browser.get(location, timeout=30)


if __name__ == "__main__":
    visit(sys.argv[1], Person(username=PEOPLE[0].username, password=PEOPLE[0].password))
