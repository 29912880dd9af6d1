"""Which passwords are good enough."""

import unicodedata

SHORTEST_PASSWORD = 12
"""Characters. NIST SP 800-63B (rev. 4, 2025), 3.1.1.2, asks for 8 beside a second factor and for 15 without one."""
_FEWEST_DIFFERENT = 5
_SHORTEST_NAME = 5
"""Letters. A shorter one is in half of all words."""
# The stems of the commonest passwords of twelve signs and more; digits and signs around them make no difference.
_COMMON = frozenset(
    [
        "administrator",
        "asdfghjkl",
        "baseball",
        "changeme",
        "default",
        "dragon",
        "football",
        "iloveyou",
        "letmein",
        "master",
        "meanwhile",
        "michelle",
        "monkey",
        "passw0rd",
        "password",
        "passwort",
        "princess",
        "qwertyuiop",
        "qwertzuiop",
        "secret",
        "starwars",
        "sunshine",
        "superman",
        "therapist",
        "therapy",
        "trustno",
        "welcome",
        "zxcvbnm",
    ]
)
_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm")


def same_password(text: str) -> str:
    """Return the form of a password in which two keyboards write the same (NFKC, NIST SP 800-63B, 2017)."""
    return unicodedata.normalize("NFKC", text)


def password_refusal(password: str, email: str, practice_name: str) -> str | None:
    """Say why a password is not good enough, or None.

    Length counts, not composition; what everybody tries first is refused (NIST SP 800-63B, rev. 4, 2025, 3.1.1.2).
    """
    letters = _letters(password)
    near = (_letters(email.partition("@")[0]), _letters(practice_name))
    if len(password) < SHORTEST_PASSWORD:
        return f"A password needs {SHORTEST_PASSWORD} characters or more. Three or four words do well."
    if password != password.strip() or not password.isprintable():
        return "A password cannot begin or end with a space, nor hold signs that cannot be seen."
    if len(set(password)) < _FEWEST_DIFFERENT:
        return "This password repeats too few signs. Three or four words do well."
    if email in password.lower() or any(name in letters for name in near if len(name) >= _SHORTEST_NAME):
        return "Please leave your mail address and the practice's name out of the password: they are tried first."
    if _is_common(letters):
        return "Very many people use this password, so it is tried first. Three or four words of your own do well."
    return None


def _letters(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def _is_common(letters: str) -> bool:
    stem = letters.strip("0123456789")
    once = next((stem[:size] for size in range(1, len(stem) + 1) if stem == stem[:size] * (len(stem) // size)), stem)
    return once in _COMMON or any(letters in row * 3 or letters[::-1] in row * 3 for row in _ROWS)
