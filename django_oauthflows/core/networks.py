"""The network an address belongs to: the key of every limit on strangers.

The owner of one IPv6 address usually has the whole /64 (RFC 6177 §2), so addresses within it count as one. An
IPv4 address counts as itself, in whichever way it is written (RFC 4291 §2.5.5.2).
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network

#: The longest text of an address, with a zone, brackets and a port.
_LONGEST = 100
_PREFIX_LENGTH = 64
#: As proxies write them into X-Forwarded-For.
_IPV4 = re.compile(r"([0-9.]+)(?::\d+)?\Z", re.ASCII)
_IPV6 = re.compile(r"(?:\[([0-9a-fA-F:.]+)(?:%[^\]]*)?\](?::\d+)?|([0-9a-fA-F:.]+)(?:%.*)?)\Z")


def network(address: str) -> str:
    """Return the IPv4 address or the IPv6 /64 of an address; an empty text for what is no address.

    A port and a zone do not count.
    """
    text = address[: _LONGEST + 1].strip()
    if len(text) > _LONGEST:
        return ""
    try:
        if found := _IPV4.match(text):
            return str(IPv4Address(found[1]))
        if found := _IPV6.match(text):
            return _network_of(IPv6Address(found[1] or found[2]))
    except AddressValueError:
        pass
    return ""


def _network_of(address: IPv6Address) -> str:
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address) >> _PREFIX_LENGTH << _PREFIX_LENGTH, _PREFIX_LENGTH)))
