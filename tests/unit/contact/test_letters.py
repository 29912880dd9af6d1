"""One definition, two forms that say the same."""

import re
from html import unescape

import pytest
from botocore.exceptions import ClientError

from chalicelib.contact.letters import compose, first_name
from chalicelib.contact.model import Addressee, Letter, LineState
from chalicelib.contact.service import send_letter
from chalicelib.foundation.mail import Mail

from ..conftest import NOW
from .house import House, Wire

LETTER = Letter(
    to=Addressee(name="Dana <b>Brenner</b>", email="dana@example.org"),
    what="Reminder",
    subject="The time you set aside",
    lines=("One line & another.", "It is <there>."),
    button_label="Open today",
    button_url="http://site.test/?for=1&x=2",
    why="You asked for it.",
    unsubscribe_url="http://site.test/stop#abc",
)


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html.partition("</head>")[2])).split())


def test_text_and_html_say_the_same() -> None:
    mail = compose(LETTER, "Hazel & Lane")
    said = words(mail.html)
    parts = ("Hello Dana,", *LETTER.lines, LETTER.button_label, "Hazel & Lane", LETTER.why, "Stop these reminders")
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    assert all(part in mail.text for part in parts)
    assert LETTER.button_url in mail.text
    assert 'href="http://site.test/?for=1&amp;x=2"' in mail.html
    assert "http://site.test/stop#abc" in mail.text
    assert 'href="http://site.test/stop#abc"' in mail.html


def test_nothing_that_a_person_wrote_becomes_markup() -> None:
    html = compose(LETTER, "<script>alert(1)</script>").html
    assert "<script" not in html
    assert "<b>" not in html


def test_the_html_has_a_language_a_title_and_nothing_from_elsewhere() -> None:
    html = compose(LETTER, "Hazel Lane Therapy").html
    assert '<html lang="en">' in html
    assert "<title>The time you set aside</title>" in html
    assert not re.search(r"<img|<link|src=|@import|url\(", html)


def test_a_letter_that_is_no_reminder_offers_nothing_to_stop() -> None:
    plain = Letter(
        to=LETTER.to, what="x", subject="x", lines=(), button_label="Go", button_url="http://site.test/", why="So."
    )
    mail = compose(plain, "Hazel Lane Therapy")
    assert "Stop" not in mail.text + mail.html
    assert mail.unsubscribe is None


@pytest.mark.parametrize(("name", "greeted"), [("Dana Brenner", "Dana"), ("Björk", "Björk"), ("  ", "  ")])
def test_people_are_greeted_by_their_first_name(name: str, greeted: str) -> None:
    assert first_name(name) == greeted


class Refusing:
    """A post that refuses everything with one error of SES."""

    def __init__(self, code: str, message: str = "") -> None:
        self._error = ClientError({"Error": {"Code": code, "Message": message}}, "SendEmail")

    def __call__(self, _mail: Mail, /) -> str:
        raise self._error


def test_a_letter_goes_out_in_the_practices_name(house: House, wire: Wire) -> None:
    line = send_letter(house.clockwork(NOW), LETTER, "Hazel Lane Therapy")
    assert (line.state, line.to_name, line.at) == (LineState.SENT, LETTER.to.name, NOW)
    assert wire.subjects() == [("dana@example.org", "The time you set aside")]
    assert "Hazel Lane Therapy" in wire.texts()[0]


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException"])
def test_an_address_that_is_refused_for_good_is_noted_and_not_tried_again(house: House, code: str) -> None:
    line = send_letter(house.clockwork(NOW), LETTER, "Hazel Lane Therapy", Refusing(code))
    assert line.state is LineState.NOT_SENT
    assert line.why == "The mail service does not accept this address."


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("TooManyRequestsException", ""),
        ("SendingPausedException", ""),
        ("MessageRejected", "Email address is not verified. The following identities failed the check: hello@…"),
    ],
)
def test_what_may_pass_is_tried_again(house: House, code: str, message: str) -> None:
    with pytest.raises(ClientError):
        send_letter(house.clockwork(NOW), LETTER, "Hazel Lane Therapy", Refusing(code, message))
