"""Which IP addresses a page or picture may be read from."""

from __future__ import annotations

import ipaddress

_METADATA = {ipaddress.ip_address(at) for at in ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192")}
_LOCAL = [ipaddress.ip_network(net) for net in ("64:ff9b:1::/48", "fec0::/10")]  # which Python calls global
_V4_AT_END = [ipaddress.ip_network(net) for net in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")]


def refused(address: str, allow_private: bool) -> bool:
    """Tell whether an IP address, or the IPv4 address inside an IPv6 one, must not be connected to."""
    ip = ipaddress.ip_address(address.partition("%")[0])  # with its zone it equals no other
    if ip.is_multicast or ip.is_unspecified or ip in _METADATA:
        return True
    if not allow_private and (not ip.is_global or any(ip in net for net in _LOCAL)):
        return True
    if not isinstance(ip, ipaddress.IPv6Address) or ip.is_loopback:
        return False
    tail = [ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)] if any(ip in net for net in _V4_AT_END) else []
    return any(refused(str(v4), allow_private) for v4 in (*tail, ip.sixtofour, *(ip.teredo or ())) if v4)
