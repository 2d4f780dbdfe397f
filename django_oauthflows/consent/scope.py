"""One consent page as a value: it is remembered, and compared with what comes later.

A person agrees to the whole page. So two pages are kept apart: to write at one API, and to read at another,
does not add up to writing at both. Authorization details (RFC 9396) join as one more member here, with their
comparison in `covers` and their shape in `as_json`; nothing else of the package compares consents.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts, NamedClaim
from django_oauthflows.rules.site_resources import are_of_site
from django_oauthflows.rules.uri_origins import origin_of_uri


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentScope:
    """Everything that a consent page shows and a person agrees to.

    `resources` are where the access can be used (RFC 8707); none is this whole site. `claims` are those that
    are asked for by name, beyond what the scopes stand for (OpenID Connect Core §5.5). `origin` is the place
    the answer goes to, empty for a device, and `known_as` a checksum of the names the client is shown by.
    `is_of_site` tells of a request whether all its resources are this site's own.
    """

    scopes: frozenset[str]
    resources: frozenset[str] = frozenset()
    claims: frozenset[NamedClaim] = frozenset()
    origin: str = ""
    known_as: str = ""
    is_of_site: bool = False

    @property
    def all_scopes(self) -> frozenset[str]:
        """The scopes the page has a line for: its own, and those that the named claims belong to."""
        return self.scopes | {claim.scope for claim in self.claims}

    def covers(self, asked: "ConsentScope") -> bool:
        """Tell whether a person who agreed to this page has agreed to all of that one."""
        return (
            self.is_same_place(asked)
            and asked.scopes <= self.scopes
            and self.covers_resources(asked)
            and self.covers_claims(asked)
        )

    def is_same_place(self, asked: "ConsentScope") -> bool:
        """Tell whether both are of a client of the same name, and lead to the same place."""
        return self.origin == asked.origin and self.known_as == asked.known_as

    def covers_resources(self, asked: "ConsentScope") -> bool:
        """Compare where the access can be used: no resource is wider than any one of this site."""
        if not self.resources:
            return not asked.resources or asked.is_of_site
        return bool(asked.resources) and asked.resources <= self.resources

    def covers_claims(self, asked: "ConsentScope") -> bool:
        """Compare the claims asked for by name: a scope covers every claim that it stands for."""
        return all(claim in self.claims or claim.scope in self.scopes for claim in asked.claims)

    def narrowed_to(self, ticked: Collection[str]) -> "ConsentScope":
        """Return what is left where a person ticked these scopes alone."""
        return replace(
            self,
            scopes=self.scopes & frozenset(ticked),
            claims=frozenset(claim for claim in self.claims if claim.scope in ticked),
        )

    def without(self, unticked: Collection[str]) -> "ConsentScope":
        """Return what is left once these scopes are taken back, with the claims that belong to them."""
        return replace(
            self,
            scopes=self.scopes - frozenset(unticked),
            claims=frozenset(claim for claim in self.claims if claim.scope not in unticked),
        )

    def fingerprint(self, client: ClientFacts, *, device: str = "") -> str:
        """Return a checksum of what the page of a client shows, the same in every language.

        `device` tells one device of a client from another.
        """
        shown = {
            **self.as_json(),
            "client": client.client_id,
            "is_verified": client.is_verified,
            "required": sorted(client.fixed_scopes & self.all_scopes),
            "is_all_or_nothing": client.needs_all_scopes,
            "device": device,
        }
        return sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return the value as a consent's row keeps it."""
        return {
            "scopes": sorted(self.scopes),
            "resources": sorted(self.resources),
            "claims": sorted([claim.scope, claim.name] for claim in self.claims),
            "origin": self.origin,
            "known_as": self.known_as,
        }


def from_json(kept: Mapping[str, Any]) -> ConsentScope:
    """Return the value that a row keeps."""
    return ConsentScope(
        scopes=frozenset(kept["scopes"]),
        resources=frozenset(kept["resources"]),
        claims=frozenset(NamedClaim(scope=scope, name=name) for scope, name in kept["claims"]),
        origin=kept["origin"],
        known_as=kept["known_as"],
    )


def scope_of_request(request: AuthorizationRequest) -> ConsentScope:
    """Return what the consent page of an authorization request asks for."""
    return ConsentScope(
        scopes=request.scopes,
        resources=frozenset(request.resource),
        claims=request.named_claims,
        origin=origin_of_uri(request.redirect_uri),
        known_as=names_checksum(request.client),
        is_of_site=are_of_site(
            request.resource, issuer=request.issuer, own_resource=request.own_resource
        ),
    )


def scope_of_device(
    client: ClientFacts, scopes: frozenset[str], resources: Collection[str]
) -> ConsentScope:
    """Return what the consent page of a device asks for: no place is told the answer."""
    return ConsentScope(
        scopes=scopes, resources=frozenset(resources), known_as=names_checksum(client)
    )


def names_checksum(client: ClientFacts) -> str:
    """Return a checksum of every name the client is shown by, in whichever language (RFC 7591 §2.2)."""
    translated = client.translations.get("client_name") or {}
    names = sorted({client.name, *map(str, translated.values())})
    return sha256(json.dumps(names).encode()).hexdigest()
