"""The project's own `OAUTH2_VALIDATOR_CLASS`: what it adds to django-oauth-toolkit's."""

#: Where the validators come from that are DOT's, oauthlib's or ours.
_VALIDATORS = ("oauth2_provider.", "oauthlib.", "django_oauthflows.", "builtins")


def methods_of_validator(validator: type) -> list[str]:
    """Return the methods that a project's own validator has beyond DOT's and ours."""
    own = [kind for kind in validator.__mro__ if not kind.__module__.startswith(_VALIDATORS)]
    return sorted({name for kind in own for name in vars(kind) if not name.startswith("__")})
