"""The known programs: this table is what the admin, the command and the documentation are made from."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.clients.programs.base import SIGNS_IN, KnownProgram
from django_oauthflows.clients.programs.of_project import programs_of_project
from django_oauthflows.conf import conf
from django_oauthflows.offline_access import OFFLINE_ACCESS

_TEMPLATES = "oauthflows/programs"
_KEEP = _("Make the cookie secret yourself, and keep it with the other secrets of the program.")

PROGRAMS: tuple[KnownProgram, ...] = (
    KnownProgram(
        slug="argo-cd",
        title="Argo CD",
        callbacks=("/auth/callback",),
        after_sign_out=("", "/"),
        template=f"{_TEMPLATES}/argo-cd.txt",
        file_name="ConfigMap argocd-cm",
        documentation="https://argo-cd.readthedocs.io/en/stable/operator-manual/user-management/",
    ),
    KnownProgram(
        slug="authjs",
        title="Auth.js (NextAuth)",
        callbacks=("/api/auth/callback/provider",),
        template=f"{_TEMPLATES}/authjs.txt",
        file_name="auth.ts",
        documentation="https://authjs.dev/guides/configuring-oauth-providers",
        note=_(
            "For NextAuth 4 the same provider has type oauth, wellKnown instead of issuer, idToken true, and "
            "a function profile."
        ),
    ),
    KnownProgram(
        slug="django-allauth",
        title="django-allauth",
        callbacks=("/accounts/oidc/provider/login/callback/",),
        template=f"{_TEMPLATES}/django-allauth.txt",
        file_name="settings.py",
        documentation="https://docs.allauth.org/en/latest/socialaccount/providers/openid_connect.html",
    ),
    KnownProgram(
        slug="gitlab",
        title="GitLab",
        callbacks=("/users/auth/openid_connect/callback",),
        template=f"{_TEMPLATES}/gitlab.txt",
        file_name="/etc/gitlab/gitlab.rb",
        documentation="https://docs.gitlab.com/administration/auth/oidc/",
    ),
    KnownProgram(
        slug="grafana",
        title="Grafana",
        callbacks=("/login/generic_oauth",),
        after_sign_out=("/login",),
        refreshes=True,
        template=f"{_TEMPLATES}/grafana.txt",
        file_name="grafana.ini",
        documentation="https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/"
        "configure-authentication/generic-oauth/",
    ),
    KnownProgram(
        slug="jupyterhub",
        title="JupyterHub",
        callbacks=("/hub/oauth_callback",),
        template=f"{_TEMPLATES}/jupyterhub.txt",
        file_name="jupyterhub_config.py",
        documentation="https://oauthenticator.readthedocs.io/en/latest/tutorials/provider-specific-setup/"
        "providers/generic.html",
    ),
    KnownProgram(
        slug="kubernetes",
        title="Kubernetes (kubectl)",
        preset="native-app",
        redirect_uris=("http://localhost:8000",),
        scopes=(*SIGNS_IN, "groups"),
        refreshes=True,
        template=f"{_TEMPLATES}/kubernetes.txt",
        file_name="kube-apiserver",
        documentation="https://kubernetes.io/docs/reference/access-authn-authz/authentication/",
        note=_(
            "The kubectl plug-in oidc-login signs people in on their own machine. Where this site has the "
            "scope groups, say of which groups Kubernetes is told (--visible-group)."
        ),
    ),
    KnownProgram(
        slug="mealie",
        title="Mealie",
        callbacks=("/login", "/login?direct=1"),
        template=f"{_TEMPLATES}/mealie.txt",
        file_name=".env",
        documentation="https://docs.mealie.io/documentation/getting-started/authentication/oidc-v2/",
    ),
    KnownProgram(
        slug="mozilla-django-oidc",
        title="mozilla-django-oidc",
        callbacks=("/oidc/callback/",),
        after_sign_out=("/",),
        template=f"{_TEMPLATES}/mozilla-django-oidc.txt",
        file_name="settings.py",
        documentation="https://mozilla-django-oidc.readthedocs.io/",
    ),
    KnownProgram(
        slug="nextcloud",
        title="Nextcloud (user_oidc)",
        callbacks=("/apps/user_oidc/code", "/index.php/apps/user_oidc/code"),
        after_sign_out=("/", ""),
        template=f"{_TEMPLATES}/nextcloud.txt",
        file_name="occ",
        documentation="https://github.com/nextcloud/user_oidc",
    ),
    KnownProgram(
        slug="oauth2-proxy",
        title="oauth2-proxy",
        callbacks=("/oauth2/callback",),
        after_sign_out=("/", ""),
        template=f"{_TEMPLATES}/oauth2-proxy.txt",
        file_name="oauth2-proxy.cfg",
        documentation="https://oauth2-proxy.github.io/oauth2-proxy/configuration/providers/openid_connect",
        note=_KEEP,
    ),
    KnownProgram(
        slug="pgadmin",
        title="pgAdmin",
        callbacks=("/oauth2/authorize",),
        after_sign_out=("/login",),
        template=f"{_TEMPLATES}/pgadmin.txt",
        file_name="config_local.py",
        documentation="https://www.pgadmin.org/docs/pgadmin4/latest/oauth2.html",
    ),
    KnownProgram(
        slug="quarkus",
        title="Quarkus",
        callbacks=("/callback",),
        after_sign_out=("/",),
        template=f"{_TEMPLATES}/quarkus.txt",
        file_name="application.properties",
        documentation="https://quarkus.io/guides/security-oidc-code-flow-authentication",
    ),
    KnownProgram(
        slug="spring",
        title="Spring Security",
        callbacks=("/login/oauth2/code/provider",),
        after_sign_out=("", "/"),
        template=f"{_TEMPLATES}/spring.txt",
        file_name="application.yml",
        documentation="https://docs.spring.io/spring-security/reference/servlet/oauth2/login/index.html",
    ),
    KnownProgram(
        slug="streamlit",
        title="Streamlit",
        callbacks=("/oauth2callback",),
        after_sign_out=("/oauth2callback",),
        template=f"{_TEMPLATES}/streamlit.txt",
        file_name=".streamlit/secrets.toml",
        documentation="https://docs.streamlit.io/develop/concepts/connections/authentication",
        note=_KEEP,
    ),
    KnownProgram(
        slug="swagger-ui",
        title="Swagger UI (drf-spectacular)",
        preset="single-page-app",
        callbacks=("/static/drf_spectacular_sidecar/swagger-ui-dist/oauth2-redirect.html",),
        scopes=SIGNS_IN,
        template=f"{_TEMPLATES}/swagger-ui.txt",
        file_name="settings.py",
        documentation="https://drf-spectacular.readthedocs.io/en/latest/settings.html",
        note=_("Give it the scopes of the API that people try there."),
    ),
)


def known_programs() -> Mapping[str, KnownProgram]:
    """Return them by slug, with those of the project (`KNOWN_PROGRAMS`), which come last and win."""
    return {program.slug: program for program in (*PROGRAMS, *programs_of_project())}


def scopes_for(program: KnownProgram) -> list[str]:
    """Return those of its scopes that this site has. Raises `ValidationError` where it signs nobody in."""
    if "openid" in program.scopes and "openid" not in dot.open_scopes():
        raise ValidationError(
            {"scopes": _("It signs people in: add the scope openid to SCOPES of this site first.")}
        )
    return offered_scopes(program)


def offered_scopes(program: KnownProgram) -> list[str]:
    """Return those of its scopes that this site has, and `offline_access` where it would not refresh else."""
    offered = dot.open_scopes()
    scopes = [scope for scope in program.scopes if scope in offered]
    if program.refreshes and conf.REFRESH_TOKENS_NEED_OFFLINE_ACCESS:
        scopes.append(OFFLINE_ACCESS)
    return list(dict.fromkeys(scopes))
