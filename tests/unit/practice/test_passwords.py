"""Which passwords are good enough, and the list of those that everybody has."""

import hashlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.practice.common_passwords import DIGEST_SIZE, FILE, digest, is_listed, stands_in
from chalicelib.practice.model.passwords import SHORTEST_PASSWORD, password_refusal, same_password
from infra.common_passwords import packed

LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=12)
AROUND = st.text("0123456789!?-_. ", max_size=6)
SYLLABLES = [a + b for a in "bdfgklmnprstvwz" for b in ("a", "e", "i", "o", "u", "ai", "ei", "ou")]


def refusal_of(password: str) -> str | None:
    return password_refusal(password, "ada.lovelace@lind.example", "Praxis Lind", is_listed)


def test_two_keyboards_write_one_password() -> None:
    assert same_password("cafe\u0301 ﬁne days") == same_password("café fine days")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        " begins with a space",
        "ends with a space ",
        "aaaaaaaaaaaaa",
        "a\u0000b and some more",
        "my ada.lovelace@lind.example 1",
        "ada.lovelace is me",
        "Praxis-Lind 2026!",
        "123456789012",
        "Password2026!!",
        "passwordpassword",
        "qwertyuiopasdf",
        "zyxwvutsrqponm",
        "iloveyou!!!!",
        "Football-2026",
        "Dragon!DRAGON!",
        "123456123456",
        "ichliebedich",
        "Sonnenschein1",
        "1q2w3e4r5t6y7u",
        "justinbieber",
        "Meanwhile 2026",
    ],
)
def test_a_password_that_is_too_easy_is_refused_in_words(password: str) -> None:
    refusal = refusal_of(password)
    assert refusal
    assert refusal.endswith((".", "do well."))


@pytest.mark.parametrize(
    "password",
    ["three calm words", "äöü-12345-ßẞ", "correct horse battery staple", "the password of a walrus", "839201748362"],
)
def test_a_password_needs_length_and_nothing_else(password: str) -> None:
    assert refusal_of(password) is None


@given(st.lists(LETTERS, min_size=1, max_size=20), st.data())
def test_what_is_common_is_refused_whatever_digits_and_signs_are_around_it(
    words: list[str], data: st.DataObject
) -> None:
    listed = packed(words)
    word = data.draw(st.sampled_from(words))
    password = data.draw(AROUND) + word.title() + data.draw(AROUND)
    password = password.strip().ljust(SHORTEST_PASSWORD, "7")
    assert password_refusal(password, "zz@zz.example", "Zz", lambda letters: stands_in(listed, digest(letters))), (
        password
    )


@given(st.sets(LETTERS, max_size=50), st.text("0123456789", min_size=5, max_size=12))
def test_the_list_holds_what_it_was_made_of_and_nothing_else(words: set[str], other: str) -> None:
    listed = packed(words)
    assert all(stands_in(listed, digest(word)) for word in words)
    assert not stands_in(listed, digest(other))


@given(st.lists(st.sampled_from(SYLLABLES), min_size=8, max_size=16))
def test_eight_syllables_by_chance_are_taken(syllables: list[str]) -> None:
    password = " ".join(syllables)
    if len(set(password)) >= 5 and len(set(syllables)) > len(syllables) // 2:
        assert refusal_of(password) is None


def test_the_list_is_whole_sorted_and_as_its_docstring_says() -> None:
    made = FILE.read_bytes()
    entries = [made[at : at + DIGEST_SIZE] for at in range(0, len(made), DIGEST_SIZE)]
    assert entries == sorted(set(entries))
    assert len(entries) > 50_000
    assert hashlib.sha256(made).hexdigest() == "b3d42ce287bd1d4da2ddd72ea38887dc4488c918fcbe0d730647fec8ec590845"


def test_no_start_opens_the_list() -> None:
    """It is read when somebody chooses a password: a start neither reads it nor has it in memory."""
    code = (
        "import sys; opened = []; "
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None); "
        "import chalicelib.practice.common_passwords as module; "
        "assert not any(name.endswith('.bin') for name in opened); module.is_listed('password'); "
        "assert sum(name.endswith('common-passwords.bin') for name in opened) == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
