"""The lines that a new project needs, as README has them and as the command writes them."""

from collections.abc import Mapping, Sequence

#: The apps, in the order of INSTALLED_APPS.
APPS = ("rest_framework", "oauth2_provider", "django_oauthflows")

#: The scope of the first view.
SCOPE = "notes:read"
#: A beginning for `OAUTH2_PROVIDER["SCOPES"]`.
SCOPES = {
    "openid": "Know who you are",
    "profile": "See your name",
    "email": "See your e-mail address",
    SCOPE: "Read your notes",
}

_SERVER = 'path("", include("django_oauthflows.urls")),'
_VIEW = """
class Hello(APIView):
    authentication_classes = [OAuth2TokenAuthentication]
    permission_classes = [HasScopes("{scope}")]

    def get(self, request):
        return Response({{"hello": str(request.user)}})

"""


def apps_lines(missing: Sequence[str], *, is_tuple: bool = False) -> str:
    """Return the line that adds apps to a list, or to a tuple."""
    names = ", ".join(f'"{name}"' for name in missing)
    if not is_tuple:
        return f"INSTALLED_APPS += [{names}]\n"
    return f"INSTALLED_APPS += ({names}{',' if len(missing) == 1 else ''})\n"


def scopes_lines(scopes: Mapping[str, str], *, extends: bool = False) -> str:
    """Return the setting with these scopes; one that `extends` keeps what the project has in it."""
    kept = "    **OAUTH2_PROVIDER,\n" if extends else ""
    rows = "".join(f'        "{name}": "{text}",\n' for name, text in scopes.items())
    return f'OAUTH2_PROVIDER = {{\n{kept}    "SCOPES": {{\n{rows}    }},\n}}\n'


def urls_lines(*, server: bool, scope: str) -> str:
    """Return what `urls.py` lacks: the server, a first view that needs the `scope`."""
    imports = "from django.urls import include, path\n"
    if scope:
        imports += (
            "from rest_framework.response import Response\n"
            "from rest_framework.views import APIView\n\n"
            "from django_oauthflows.resource_server import HasScopes, OAuth2TokenAuthentication\n\n"
        )
    rows = [
        *([_SERVER] if server else []),
        *(['path("api/hello/", Hello.as_view()),'] if scope else []),
    ]
    listed = "".join(f"    {row}\n" for row in rows)
    view = _VIEW.format(scope=scope) if scope else ""
    return f"{imports}{view}\nurlpatterns += [\n{listed}]\n"
