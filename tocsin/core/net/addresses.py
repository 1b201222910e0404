"""Which network addresses an outgoing request may reach.

Our own deny table, because the standard library's words do not fit: `is_private` leaves out 100.64.0.0/10, and `is_global` is
true for NAT64, 6to4 and multicast forms of private addresses. Forms that carry an IPv4 address are unwrapped first.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_DENIED_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_DENIED_V6 = tuple(ipaddress.IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_ISATAP = {0x00005EFE, 0x02005EFE}


def embedded(address: Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address carries: mapped, compatible, NAT64, 6to4, Teredo, ISATAP."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return []


def is_public(address: Address) -> bool:
    """Whether the address is on the public internet, and so is every IPv4 address inside it."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _DENIED_V4)
    inside = embedded(address)
    if inside:
        return all(is_public(one) for one in inside)
    return address in _GLOBAL_V6 and not any(address in network for network in _DENIED_V6)


@dataclass(frozen=True, slots=True)
class AllowList:
    """Targets that an administrator opened: networks, and hosts with a port."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[tuple[str, int]] = frozenset()

    def names(self, host: str, port: int) -> bool:
        """Whether this host, as written in the URL, is opened by name."""
        return (host.lower().rstrip("."), port) in self.hosts

    def holds(self, address: Address) -> bool:
        """Whether this address is in an opened network; a wrapped IPv4 address counts as itself."""
        forms = [address, *embedded(address)]
        return any(form.version == network.version and form in network for form in forms for network in self.networks)


def parse_allow(text: str) -> AllowList:
    """`10.20.0.0/16, gotify.lan:8080, [::1]:8090` as an allow list. Raises ValueError with the part that is not understood."""
    networks: list[Network] = []
    hosts: set[tuple[str, int]] = set()
    for part in _parts(text):
        network = _network(part)
        if network is not None:
            networks.append(network)
            continue
        host, colon, port = part.rpartition(":")
        if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError(f"{part!r} is neither a network such as 10.0.0.0/8 nor host:port")
        hosts.add((host.strip("[]").lower().rstrip("."), int(port)))
    return AllowList(tuple(networks), frozenset(hosts))


def _parts(text: str) -> Iterable[str]:
    return (part.strip() for part in text.split(",") if part.strip())


def _network(part: str) -> Network | None:
    try:
        return ipaddress.ip_network(part, strict=False)
    except ValueError:
        return None


def parse_address(text: str) -> Address:
    """An address as a resolver gives it, zone index cut off. Raises ValueError."""
    return ipaddress.ip_address(text.partition("%")[0])
