"""The sites that this one program plays, each a client of its own at the provider."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One of the sites. `port` is where the demo starts it unless told otherwise."""

    slug: str
    name: str
    what_it_is: str
    port: int


SITES = {
    site.slug: site
    for site in (
        Site(
            slug="reading-room",
            name="Reading Room",
            what_it_is="A library where a seat is kept for you.",
            port=8001,
        ),
        Site(
            slug="tea-house",
            name="Tea House",
            what_it_is="A tea house that remembers what you drink.",
            port=8002,
        ),
    )
}

CALLBACK = "/oidc/callback/"
HOME = "/"
BACKCHANNEL_LOGOUT = "/oidc/backchannel-logout/"
