"""Which passwords are good enough."""

import unicodedata
from collections.abc import Callable

SHORTEST_PASSWORD = 12
"""Characters. NIST SP 800-63B (rev. 4, 2025), 3.1.1.2, asks for 8 beside a second factor and for 15 without one."""
_FEWEST_DIFFERENT = 5
_SHORTEST_NAME = 5
"""Letters. A shorter one is in half of all words."""
SHORTEST_COMMON = 5
"""Letters and digits. What is common and shorter says little about a password of twelve that has it in it."""
# What nobody's list knows and everybody would try here; digits and signs around them make no difference.
_OURS = frozenset(["administrator", "default", "meanwhile", "therapist", "therapie", "therapy"])
_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm")


def same_password(text: str) -> str:
    """Return the form of a password in which two keyboards write the same (NFKC, NIST SP 800-63B, 2017)."""
    return unicodedata.normalize("NFKC", text)


def password_refusal(password: str, email: str, practice_name: str, is_listed: Callable[[str], bool]) -> str | None:
    """Say why a password is not good enough, or None.

    Length counts, not composition; what everybody tries first is refused (NIST SP 800-63B, rev. 4, 2025, 3.1.1.2).
    `is_listed` says of something in lower case, without signs, whether it is among the commonest passwords.
    """
    letters = letters_of(password)
    near = (letters_of(email.partition("@")[0]), letters_of(practice_name))
    if len(password) < SHORTEST_PASSWORD:
        return f"A password needs {SHORTEST_PASSWORD} characters or more. Three or four words do well."
    if password != password.strip() or not password.isprintable():
        return "A password cannot begin or end with a space, nor hold signs that cannot be seen."
    if len(set(password)) < _FEWEST_DIFFERENT:
        return "This password repeats too few signs. Three or four words do well."
    if email in password.lower() or any(name in letters for name in near if len(name) >= _SHORTEST_NAME):
        return "Please leave your mail address and the practice's name out of the password: they are tried first."
    if _is_common(letters, is_listed):
        return (
            "Very many people use this password or almost the same, so it is tried first. "
            "Three or four words of your own do well."
        )
    return None


def letters_of(text: str) -> str:
    """Letters and digits, in lower case: what two spellings of one password have in common."""
    return "".join(sign for sign in text.lower() if sign.isalnum())


def cores(letters: str) -> frozenset[str]:
    """What a password is made around: itself, itself without the digits at its ends, and what it only repeats."""
    every = {letters, letters.strip("0123456789")}
    return frozenset(every | {_once(one) for one in every})


def _once(text: str) -> str:
    sizes = (size for size in range(1, len(text)) if text == text[:size] * (len(text) // size))
    return next((text[:size] for size in sizes), text)


def _is_common(letters: str, is_listed: Callable[[str], bool]) -> bool:
    along = any(letters in row * 3 or letters[::-1] in row * 3 for row in _ROWS)
    return along or any(core in _OURS or (len(core) >= SHORTEST_COMMON and is_listed(core)) for core in cores(letters))
