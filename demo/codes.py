"""The authenticator of people who do not exist: keys by address, and the codes that they show now (RFC 6238, 2011).

`python -m demo.codes WHO` prints the code of somebody of the demo practice, or of a key in base32.
"""

import base64
import hmac
import json
import os
import struct
import sys
import time
from pathlib import Path

STEP_S = 30
DIGITS = 6
KEYS = "codes.json"


def code(key: str, at: float) -> str:
    """Return the code that an authenticator with a key (base32) shows at a moment (seconds since 1970)."""
    secret = base64.b32decode(key + "=" * (-len(key) % 8), casefold=True)
    digest = hmac.digest(secret, struct.pack(">Q", int(at) // STEP_S), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}}"


class Authenticator:
    """Everybody's authenticator at once. With a file it is there again the next time."""

    def __init__(self, file: Path | None = None) -> None:
        """Read the file, if there is one yet."""
        self._file = file
        self.keys: dict[str, str] = json.loads(file.read_text()) if file and file.exists() else {}
        self._last: dict[str, int] = {}

    def keep(self, email: str, key: str) -> None:
        """Take somebody's new key."""
        self.keys[email] = key
        self._last.pop(email, None)
        if self._file:
            self._file.touch(mode=0o600)
            self._file.write_text(json.dumps(self.keys))

    def fresh(self, email: str) -> str:
        """Return a code of somebody that has signed in nobody yet, at once where that is possible.

        A code counts once; the one after it counts half a minute early too. The third within that time waits.
        """
        wanted = max(int(time.time()) // STEP_S, self._last.get(email, 0) + 1)
        while wanted > int(time.time()) // STEP_S + 1:
            time.sleep(0.2)
        self._last[email] = wanted
        return code(self.keys[email], wanted * STEP_S)


def main() -> int:
    """Print a code."""
    who = sys.argv[1] if len(sys.argv) > 1 else ""
    file = Path(os.environ.get("STATE") or ".state") / KEYS
    known = Authenticator(file).keys
    key = known.get(who) or (who if "@" not in who else "")
    try:
        print(code(key, time.time()) if key else _unknown(known))
    except ValueError:
        print(f"{who} is no key: those are letters and the digits 2 to 7.")
        return 1
    return 0 if key else 1


def _unknown(known: dict[str, str]) -> str:
    names = "\n".join(f"  make code WHO={email}" for email in sorted(known))
    return f"Only the staff is asked for codes:\n{names}" if known else "Nobody is here yet. Start with: make run"


if __name__ == "__main__":
    sys.exit(main())
