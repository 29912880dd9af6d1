"""Our cookies: secrets that no script reads and no other site sends."""

from datetime import timedelta

from chalice.app import Request

from chalicelib.foundation.settings import settings


def cookie(request: Request, wanted: str) -> str:
    """Return the secret that came with a request in a cookie of a name, or nothing."""
    wanted = _named(wanted)
    # By hand: SimpleCookie forgets every cookie where another site's on this host has an odd name.
    for pair in request.headers.get("cookie", "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == wanted:
            return str(value)
    return ""


def set_cookie(name: str, value: str, path: str, kept: timedelta) -> str:
    """Write the Set-Cookie header that keeps a secret for one path, or forgets it where it is kept for no time."""
    secure = "; Secure" if settings().secure_cookies else ""
    seconds = int(kept.total_seconds())
    return f"{_named(name)}={value}; HttpOnly; SameSite=Strict; Path={path}; Max-Age={seconds}{secure}"


def _named(name: str) -> str:
    # A browser takes a cookie of such a name over TLS only, so that nobody plants one before (RFC 6265bis, 4.1.3.1).
    # `__Host-` would ask for Path=/, and the secret would be sent with every request.
    return f"__Secure-{name}" if settings().secure_cookies else name
