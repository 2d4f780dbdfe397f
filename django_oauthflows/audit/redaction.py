"""What of a request may be written down: names of parameters, and the few values that are no secret."""

from collections.abc import Mapping

#: Parameters whose values are public, or were shown to everyone already. All others keep their names only.
_PLAIN = frozenset(
    {
        "client_id",
        "code_challenge_method",
        "grant_type",
        "prompt",
        "redirect_uri",
        "resource",
        "response_mode",
        "response_type",
        "scope",
        "token_type_hint",
    }
)
_LONGEST = 500


def redacted(parameters: Mapping[str, str | tuple[str, ...]]) -> dict[str, str]:
    """The parameters as they may be kept: plain values cut to length, every other value left out."""
    kept = {}
    for name, value in parameters.items():
        text = value if isinstance(value, str) else " ".join(value)
        kept[name[:100]] = text[:_LONGEST] if name in _PLAIN else "(not recorded)"
    return kept


def without_query(uri: str) -> str:
    """A URI without the parts that may carry what is not ours to keep."""
    return uri.partition("?")[0].partition("#")[0][:_LONGEST]
