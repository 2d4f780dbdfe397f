"""Addresses of the public internet, as opposed to those that lead inside (server-side request forgery).

Python knows the registries of special addresses (RFC 6890) as they were when it was released. This module
adds the ones it lacks or counts as global.
"""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

_GLOBAL_UNICAST = IPv6Network("2000::/3")
#: An IPv4 address in an IPv6 one (RFC 6052 §2.1).
_NAT64 = IPv6Network("64:ff9b::/96")
#: Tunnels, which name their way themselves (RFC 3056, RFC 4380), and what is for documents (RFC 9637).
_NOT_PUBLIC_V6 = tuple(map(IPv6Network, ("2002::/16", "2001::/23", "2001:db8::/32", "3fff::/20")))
#: Shared, protocol assignments, relays of 6to4 (RFC 7526), and a platform that answers virtual machines at an
#: address which looks public: 168.63.129.16, of Azure. Those of other clouds are link-local, shared or below
#: 192.0.0.0/24.
_NOT_PUBLIC_V4 = tuple(
    map(IPv4Network, ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"))
)


def is_public(address: str) -> bool:
    """Is it an address that anybody on the internet could connect to?"""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if getattr(ip, "scope_id", None):
            return False  # with a zone: of one link
        if ip not in _NAT64:
            return _is_public_v6(ip)
        ip = IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.is_global and not ip.is_multicast and not any(ip in one for one in _NOT_PUBLIC_V4)


def _is_public_v6(ip: IPv6Address) -> bool:
    return ip.is_global and ip in _GLOBAL_UNICAST and not any(ip in one for one in _NOT_PUBLIC_V6)
