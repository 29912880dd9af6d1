"""What a browser sent back of our cookies."""

from chalice.app import Request


def cookie(request: Request, wanted: str) -> str:
    """Return the secret that came with a request in a cookie of a name, or nothing."""
    # By hand: SimpleCookie forgets every cookie where another site's on this host has an odd name.
    for pair in request.headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == wanted:
            return str(value)
    return ""
