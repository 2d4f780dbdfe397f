"""How strong a sign-in is: authentication contexts (`acr`, OpenID Connect Core §2, §3.1.2.1).

The project's ladder names them from the weakest to the strongest. A sign-in satisfies its own step and every
weaker one. A context that stands on no ladder is compared with nothing but itself.
"""

from collections.abc import Collection, Sequence

from django_oauthflows.rules.requests import AuthorizationRequest


def satisfied_by(acr: str, ladder: Sequence[str]) -> tuple[str, ...]:
    """Return the contexts that a sign-in satisfies, the strongest first.

    `acr` is empty where nobody said how the person signed in: that is the lowest step.
    """
    if acr in ladder:
        return tuple(reversed(ladder[: ladder.index(acr) + 1]))
    lowest = tuple(ladder[:1])
    return (acr, *lowest) if acr else lowest


def is_asked_for(request: AuthorizationRequest) -> bool:
    """Return whether the client asks for the context: by a parameter, a claim or its registration."""
    if request.acr_values or request.acr_required:
        return True
    return request.claims is not None and "acr" in request.claims["id_token"]


def told(satisfied: Sequence[str], wished: Collection[str]) -> str:
    """Return the `acr` that answers a request: the first wish that is satisfied, else the strongest."""
    matching = (acr for acr in wished if acr in satisfied)
    return next(matching, next(iter(satisfied), ""))
