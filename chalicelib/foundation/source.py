"""Where a request comes from, as nobody can choose it."""

import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any

from chalicelib.foundation.settings import settings

KEY_HEADER = "x-origin-key"
_OWN_NETWORK = 64
"""Bits of an IPv6 address that are of one household or company (RFC 6177, 2011); it chooses the others itself."""


def pseudonym(address: str) -> str:
    """Return by what a log tells one address, of the internet or of mail, from another: nobody reads off it which.

    It is keyed by the stack, without which all four billion addresses, or a list of mail addresses, would be tried
    in minutes.
    """
    return hmac.new(settings().origin_key.encode(), address.encode(), "sha256").hexdigest()[:16]


def source(context: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """Return the address, or for IPv6 the network, that a request was sent from.

    API Gateway's context says who connected: CloudFront as a rule, which shows by a key that it was it (the key is
    in the template, infra/resources/site.yaml, and overwrites what a viewer sends). Only then the list of hops is
    believed, from its end: API Gateway has added CloudFront, and CloudFront the viewer; what stands before, the
    viewer wrote. Whoever calls API Gateway past CloudFront is counted by the address of their connection.
    """
    address = str(context.get("identity", {}).get("sourceIp", ""))
    key = settings().origin_key
    if key and hmac.compare_digest(headers.get(KEY_HEADER, "").encode(), key.encode()):
        hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",")]
        address = hops[-2] if len(hops) > 1 else address
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, _OWN_NETWORK), strict=False)) if known.version == 6 else address  # noqa: PLR2004 - IPv6
