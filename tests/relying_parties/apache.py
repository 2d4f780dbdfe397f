"""An Apache of our own with mod_auth_openidc, configured as its readme's first example is."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

#: Where Debian puts modules; other systems have no folder of this name, and skip.
MODULES = Path("/usr/lib/apache2/modules")
INSTALL = "apt-get install apache2-bin libapache2-mod-auth-openidc"

_CONFIGURATION = Template("""
ServerRoot "$private"
ServerName 127.0.0.1
Listen 127.0.0.1:$port
PidFile "$private/apache.pid"
ErrorLog /dev/stderr
User nobody
DocumentRoot "$public"

LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authn_core_module $modules/mod_authn_core.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule authz_user_module $modules/mod_authz_user.so
LoadModule headers_module $modules/mod_headers.so
LoadModule auth_openidc_module $modules/mod_auth_openidc.so

OIDCProviderMetadataURL $issuer/.well-known/openid-configuration
OIDCClientID $client_id
OIDCClientSecret $client_secret
OIDCRedirectURI http://127.0.0.1:$port/protected/redirect_uri
OIDCCryptoPassphrase "tests only"
OIDCScope "openid profile"
# It is answered at a loopback address.
OIDCPKCEMethod S256
# The tests' own certificate authority.
OIDCCABundlePath "$authority"

<Location /protected>
    AuthType openid-connect
    Require valid-user
    # What an application behind it would be told of the person.
    Header set X-Subject "expr=%{req:OIDC_CLAIM_sub}"
    Header set X-Name "expr=%{req:OIDC_CLAIM_name}"
</Location>
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Apache:
    program: str

    def configured(
        self, private: Path, public: Path, *, authority: Path, **values: object
    ) -> Sequence[str]:
        """The command that serves two pages, one of them to people the provider knows.

        Started by root, it reads its configuration as root, and all in `public` as nobody.
        """
        public.chmod(0o755)
        (public / "protected").mkdir()
        (public / "protected" / "index.html").write_text("Come in.")
        (public / "bye.html").write_text("Good-bye.")
        trusted = shutil.copy(authority, public / "authority.pem")
        configuration = private / "apache.conf"
        configuration.write_text(
            _CONFIGURATION.substitute(
                values, public=public, private=private, authority=trusted, modules=MODULES
            )
        )
        return [self.program, "-f", str(configuration), "-D", "FOREGROUND"]


def find_apache() -> Apache | str:
    """Apache with the module, or how to get it."""
    program = shutil.which("apache2", path="/usr/sbin:/usr/bin")
    if program is None or not (MODULES / "mod_auth_openidc.so").exists():
        return f"needs Apache and mod_auth_openidc: {INSTALL}"
    return Apache(program=program)
