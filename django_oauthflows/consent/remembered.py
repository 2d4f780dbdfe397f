"""A person's remembered consent to one client: the pages they agreed to, and how one more joins them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django_oauthflows.consent.scope import ConsentScope

#: How much of one row may be taken up, in characters of JSON. A client can name resources of any length. The
#: oldest pages go first; a page that is too long alone is not remembered, and is shown again next time.
MOST_KEPT = 16_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedConsent:
    """The pages that a person's live consent stands for, oldest first.

    `shown_before` are all scopes that were ever agreed to, for the page to mark the new ones. It decides
    nothing: a consent from before pages were remembered may have scopes and no page.
    """

    pages: tuple[ConsentScope, ...]
    shown_before: frozenset[str] = frozenset()

    def covers(self, asked: ConsentScope) -> bool:
        """Tell whether the person has agreed to all of this on one page."""
        return any(page.covers(asked) for page in self.pages)

    def knows_scope(self, name: str) -> bool:
        """Tell whether a scope was agreed to itself, not only claims that belong to it."""
        if any(name in page.scopes for page in self.pages):
            return True
        by_claims = any(claim.scope == name for page in self.pages for claim in page.claims)
        return name in self.shown_before and not by_claims

    def knows_claims(self, asked: ConsentScope, scope: str) -> bool:
        """Tell whether the claims asked for by name that belong to a scope were agreed to."""
        wanted = replace(asked, claims=frozenset(c for c in asked.claims if c.scope == scope))
        return any(page.covers_claims(wanted) for page in self.pages)

    def knows_name(self, asked: ConsentScope) -> bool:
        """Tell whether the client was shown by the same names."""
        return any(page.known_as == asked.known_as for page in self.pages)

    def knows_place(self, asked: ConsentScope) -> bool:
        """Tell whether the answer went to the same place."""
        return any(page.origin == asked.origin for page in self.pages)

    def knows_resource(self, asked: ConsentScope, resource: str) -> bool:
        """Tell whether an access was given that works at a resource."""
        wanted = replace(asked, resources=frozenset({resource}))
        return any(page.covers_resources(wanted) for page in self.pages)

    def knows_whole_site(self, asked: ConsentScope) -> bool:
        """Tell whether an access was given that works everywhere on this site."""
        wanted = replace(asked, resources=frozenset())
        return any(page.covers_resources(wanted) for page in self.pages)

    def after(self, asked: ConsentScope, granted: ConsentScope) -> "RememberedConsent":
        """Return what is remembered once the person has answered one more page.

        Scopes that they left unticked are forgotten on every page, and so are pages of another name.
        """
        unticked = asked.all_scopes - granted.all_scopes
        kept = [page.without(unticked) for page in self.pages if page.known_as == granted.known_as]
        same = [page for page in kept if _is_same_but_for_scopes(page, granted)]
        joined = replace(
            granted,
            scopes=granted.scopes.union(*(page.scopes for page in same)),
            claims=granted.claims.union(*(page.claims for page in same)),
            is_of_site=False,
        )
        others = [page for page in kept if page not in same and page.all_scopes]
        return RememberedConsent(
            pages=_bounded([*others, joined]),
            shown_before=(self.shown_before - asked.all_scopes) | granted.all_scopes,
        )


#: Of a person who has agreed to nothing, or whose consent has expired.
NOTHING_YET = RememberedConsent(pages=())


def _is_same_but_for_scopes(page: ConsentScope, granted: ConsentScope) -> bool:
    return page.is_same_place(granted) and page.resources == granted.resources


def _bounded(pages: Sequence[ConsentScope]) -> tuple[ConsentScope, ...]:
    """Return the newest pages that fit into a row."""
    kept: list[ConsentScope] = []
    left = MOST_KEPT
    for page in reversed(pages):
        length = len(json.dumps(page.as_json()))
        if length <= left:
            kept.insert(0, page)
            left -= length
    return tuple(kept)
