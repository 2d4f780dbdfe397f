"""Where a paragraph can be read: `RFC 6749 §4.1.3` as a link."""

import re

_RFC = re.compile(r"RFC (\d+)")
_OPENID = "https://openid.net/specs/"
_DRAFTS = "https://datatracker.ietf.org/doc/html/draft-ietf-oauth-"
#: The other documents by the name they are cited by, without a version number.
_DOCUMENTS = {
    "OAuth 2.1": f"{_DRAFTS}v2-1",
    "OAuth Client ID Metadata Document": f"{_DRAFTS}client-id-metadata-document",
    "OAuth 2.0 Multiple Response Type Encoding Practices": (
        f"{_OPENID}oauth-v2-multiple-response-types-1_0.html"
    ),
    "OAuth 2.0 Form Post Response Mode": f"{_OPENID}oauth-v2-form-post-response-mode-1_0.html",
    "OpenID Connect Core": f"{_OPENID}openid-connect-core-1_0.html",
    "OpenID Connect Discovery": f"{_OPENID}openid-connect-discovery-1_0.html",
    "OpenID Connect Dynamic Client Registration": f"{_OPENID}openid-connect-registration-1_0.html",
    "OpenID Connect RP-Initiated Logout": f"{_OPENID}openid-connect-rpinitiated-1_0.html",
    "OpenID Connect Front-Channel Logout": f"{_OPENID}openid-connect-frontchannel-1_0.html",
    "OpenID Connect Back-Channel Logout": f"{_OPENID}openid-connect-backchannel-1_0.html",
    "OpenID Connect Core Unmet Authentication Requirements": (
        f"{_OPENID}openid-connect-unmet-authentication-requirements-1_0.html"
    ),
    "Initiating User Registration via OpenID Connect": (
        f"{_OPENID}openid-connect-prompt-create-1_0.html"
    ),
}


def address_of(specification: str) -> str:
    """The URL of a paragraph as rules cite it; empty for a document that is not known here."""
    name, _, section = specification.partition(" §")
    if found := _RFC.fullmatch(name):
        return f"https://datatracker.ietf.org/doc/html/rfc{found[1]}{_anchor(section)}"
    document = _DOCUMENTS.get(name.removesuffix(" 1.0"), "")
    if document.startswith(_OPENID) and section:
        return f"{document}#rfc.section.{section}"
    return document + _anchor(section) if document else ""


def _anchor(section: str) -> str:
    if not section:
        return ""
    return f"#section-{section}" if section[0].isdigit() else f"#appendix-{section}"
