"""What the server and its client must agree on. No library is imported here, so that a client needs none."""

from __future__ import annotations

from ipaddress import ip_address

MAX_BATCH = 1000
"""Articles a batch may hold."""
KEY_VARIABLE = "DIEMBAO_KEY"
"""Where the client finds its key; the server leaves it alone."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address or name."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
