"""A letter's way to exactly one submission: pressed once, by one browser, until it is answered."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.care import service
from chalicelib.care.model.review_link import LinkOver, SignInToReview, new_token, practice_of, token_of_press
from chalicelib.care.shapes import EnrolmentView, GiveFeedback, PutDraft, Sent
from chalicelib.care.store import CareStore
from chalicelib.foundation.actor import Actor
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import NotFound
from chalicelib.foundation.ids import PersonId, PracticeId, new_id
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Row
from chalicelib.media.model import RecordingState
from chalicelib.practice.model import Named

from ..conftest import NOW
from .conftest import Wire
from .house import HOUR, House

MINUTE = timedelta(minutes=1)
ANSWER = GiveFeedback(comments=(), text="Well done.", decision="go_on")  # type: ignore[arg-type]


@pytest.fixture
def enrolment(house: House) -> EnrolmentView:
    return house.enrol()


@pytest.fixture
def sent(house: House, enrolment: EnrolmentView, wire: Wire) -> Sent:  # noqa: ARG001 - it watches the letters
    found = house.send(enrolment)
    house.deliver()
    return found


def _nobody(at: Any = NOW) -> Call:
    return Call(Actor(practice_id=PracticeId(""), person_id=PersonId(""), name=""), at)


def _open(token: str, cookie: str = "", at: Any = NOW, press: str | None = None) -> tuple[Any, str]:
    opened, header = service.open_link(_nobody(at), token, cookie, press)
    return opened, header.partition("=")[2].partition(";")[0]


def _by(cookie: str, at: Any = NOW, **given: Any) -> Call:
    return Call(service.bearer(cookie, at), at, **given)


def test_the_letter_says_that_there_is_something_and_nothing_of_what(house: House, sent: Sent, wire: Wire) -> None:
    ((subject, text),) = wire.letters.to("ines")
    assert subject == "Something new waits for your review"
    assert "in one browser, for 3 days" in text
    assert not {word for word in ("Theo", "Dana", "Arms", "Part 1", "pain", sent.submission_id) if word in text}
    assert house.audit().count("made a review link") == 2
    assert ("A review is waiting", "Ines Rocha") in house.log()


@pytest.mark.parametrize(("hours", "said"), [(1, "an hour"), (24, "24 hours"), (36, "36 hours"), (48, "2 days")])
def test_the_letter_says_how_long_the_link_opens_it(
    house: House, wire: Wire, monkeypatch: pytest.MonkeyPatch, hours: int, said: str
) -> None:
    monkeypatch.setenv("REVIEW_LINK_HOURS", str(hours))
    settings.cache_clear()
    house.send(house.enrol())
    house.deliver()
    settings.cache_clear()
    ((_, text),) = wire.letters.to("ines")
    assert f"in one browser, for {said}." in text


def test_the_secret_is_stored_nowhere(house: House, sent: Sent, wire: Wire) -> None:  # noqa: ARG001
    token = wire.letters.token("ines")
    _, cookie = _open(token)
    for row in Row.scan():
        text = f"{row.pk} {row.sk} {row.body}"
        assert token not in text
        assert cookie not in text


def test_a_press_opens_this_one_review_for_half_an_hour(house: House, sent: Sent, wire: Wire) -> None:
    opened, header = service.open_link(_nobody(), wire.letters.token("ines"), "")
    assert (opened.client_id, opened.submission_id) == (house.theo, sent.submission_id)
    assert (opened.therapist_name, opened.expires_at) == ("Ines Rocha", NOW + 30 * MINUTE)
    assert header.startswith("mw_review=")
    assert header.endswith("; HttpOnly; SameSite=Strict; Path=/api/review-link; Max-Age=1800")
    cookie = header.partition("=")[2].partition(";")[0]
    seen = service.linked_review(_by(cookie))
    assert (seen.submission_id, seen.client.name) == (sent.submission_id, "Theo")
    assert "opened a review link" in house.audit()


def test_on_a_site_with_tls_the_cookie_is_secure(sent: Sent, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sent
    monkeypatch.setenv("SITE_ORIGIN", "https://site.test")
    settings.cache_clear()
    _, header = service.open_link(_nobody(), wire.letters.token("ines"), "")
    assert header.endswith("; Secure")


def test_the_same_browser_may_come_again_while_its_session_lives(house: House, sent: Sent, wire: Wire) -> None:
    token = wire.letters.token("ines")
    _, cookie = _open(token)
    again, same = _open(token, cookie, NOW + 10 * MINUTE)
    assert (again.expires_at, same) == (NOW + 30 * MINUTE, cookie)
    with pytest.raises(SignInToReview) as refused:
        _open(token, cookie, NOW + 31 * MINUTE)
    assert refused.value.extra["path"] == f"/reviews/{house.theo}/{sent.submission_id}"


def test_any_other_browser_is_asked_to_sign_in(house: House, sent: Sent, wire: Wire) -> None:
    token = wire.letters.token("ines")
    _open(token)
    for cookie in ("", new_token(house.practice_id), "nonsense"):
        with pytest.raises(SignInToReview) as refused:
            _open(token, cookie)
        assert refused.value.status == 401
        assert refused.value.extra["path"] == f"/reviews/{house.theo}/{sent.submission_id}"
    assert house.audit().count("refused a review link in another browser") == 3


def test_a_press_whose_answer_got_lost_opens_the_same_session_again(house: House, sent: Sent, wire: Wire) -> None:
    token, press = wire.letters.token("ines"), "p" * 43
    first, cookie = _open(token, press=press)
    again, same = _open(token, at=NOW + 10 * MINUTE, press=press)
    assert (again, same) == (first, cookie)
    assert service.linked_review(_by(cookie)).submission_id == sent.submission_id
    assert house.audit().count("opened a review link") == 1
    for other in (None, "q" * 43):
        with pytest.raises(SignInToReview):
            _open(token, press=other)
    with pytest.raises(SignInToReview):
        _open(token, at=NOW + 31 * MINUTE, press=press)


def test_the_same_press_sent_twice_at_once_opens_one_session(
    house: House, sent: Sent, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, press, read = wire.letters.token("ines"), "p" * 43, CareStore.link
    between, came = [lambda: _open(token, press=press)], []

    def while_the_other_is_on_its_way(store: CareStore, secret: str) -> Any:
        found = read(store, secret)
        if between:
            came.append(between.pop()())
        return found

    monkeypatch.setattr(CareStore, "link", while_the_other_is_on_its_way)
    assert [_open(token, press=press)] == came
    assert house.audit().count("opened a review link") == 1
    assert sent


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_the_secret_of_a_session_takes_the_link_and_the_press(link: str, press: str, other: str) -> None:
    practice_id = PracticeId(new_id(NOW))
    secret = token_of_press(practice_id, link, press)
    assert secret == token_of_press(practice_id, link, press)
    assert practice_of(secret) == practice_id
    if other.rstrip("\0") != link.rstrip("\0"):  # HMAC fills a short key with zeros
        assert secret != token_of_press(practice_id, other, press)
    if other != press:
        assert secret != token_of_press(practice_id, link, other)


def test_of_two_browsers_that_press_at_once_one_gets_in(
    house: House, sent: Sent, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, read = wire.letters.token("ines"), CareStore.link
    between = [lambda: _open(token)]

    def while_the_other_presses(store: CareStore, secret: str) -> Any:
        found = read(store, secret)
        if between:
            between.pop()()
        return found

    monkeypatch.setattr(CareStore, "link", while_the_other_presses)
    with pytest.raises(SignInToReview):
        _open(token)
    assert house.audit().count("opened a review link") == 1
    assert sent


def test_a_link_lasts_for_three_days(house: House, sent: Sent, wire: Wire) -> None:
    token = wire.letters.token("ines")
    with pytest.raises(LinkOver):
        _open(token, at=NOW + 72 * HOUR)
    assert house.audit()[-1] == "refused a review link that is over"
    opened, _ = _open(token, at=NOW + 72 * HOUR - MINUTE)
    assert opened.submission_id == sent.submission_id


def test_an_answer_uses_up_every_link_of_the_submission(house: House, sent: Sent, wire: Wire) -> None:
    ines, tom = wire.letters.token("ines"), wire.letters.token("tom")
    _, cookie = _open(ines)
    _, other = _open(tom)
    service.keep_linked_draft(_by(cookie, if_match=0), PutDraft(comments=(), text="Well", decision=None))
    given = service.give_linked_feedback(_by(cookie), ANSWER)
    assert given.feedback.by_name == "Ines Rocha"
    assert {"answered a submission", "used up a review link"} <= set(house.audit())
    for token in (ines, tom):
        with pytest.raises(LinkOver):
            _open(token)
    for session in (cookie, other):
        with pytest.raises(LinkOver):
            service.linked_review(_by(session))
    assert house.queue_of(house.as_tom) == []
    assert sent


def test_a_session_ends_after_half_an_hour_with_the_draft_kept(house: House, sent: Sent, wire: Wire) -> None:
    _, cookie = _open(wire.letters.token("ines"))
    service.keep_linked_draft(_by(cookie, if_match=0), PutDraft(comments=(), text="Well", decision=None))
    with pytest.raises(SignInToReview, match="Your draft is kept") as refused:
        service.bearer(cookie, NOW + 30 * MINUTE)
    assert refused.value.extra["path"] == f"/reviews/{house.theo}/{sent.submission_id}"
    assert service.review(house.as_ines(), house.theo, sent.submission_id).draft.text == "Well"


def test_a_practice_may_want_a_sign_in_for_every_review(house: House, sent: Sent, wire: Wire) -> None:
    _, cookie = _open(wire.letters.token("tom"))
    house.change_practice(review_links_need_sign_in=True)
    with pytest.raises(SignInToReview):
        _open(wire.letters.token("ines"))
    assert "asked for a sign-in instead of a review link" in house.audit()
    with pytest.raises(SignInToReview) as refused:
        service.linked_review(_by(cookie))
    assert refused.value.extra["path"] == f"/reviews/{house.theo}/{sent.submission_id}"
    with pytest.raises(SignInToReview):
        service.keep_linked_draft(_by(cookie, if_match=0), PutDraft(comments=(), text="Well", decision=None))
    with pytest.raises(SignInToReview):
        service.give_linked_feedback(_by(cookie), ANSWER)


def test_who_treats_the_client_no_longer_gets_nothing_by_an_old_link(house: House, sent: Sent, wire: Wire) -> None:
    _, cookie = _open(wire.letters.token("tom"))
    house.change_card(therapists=(Named(house.ines, "Ines Rocha"),))
    with pytest.raises(LinkOver):
        _open(wire.letters.token("tom"))
    with pytest.raises(NotFound):
        service.linked_review(_by(cookie))
    with pytest.raises(NotFound):
        service.give_linked_feedback(_by(cookie), ANSWER)
    assert sent


@given(st.text(max_size=100))
def test_what_is_no_token_of_ours_names_no_practice(text: str) -> None:
    assert practice_of(text) is None


def test_a_token_names_its_practice_and_an_unknown_one_opens_nothing(house: House) -> None:
    token = new_token(house.practice_id)
    assert (practice_of(token), len(token)) == (house.practice_id, 78)
    for unknown in (token, "x" * 78, "", "%"):
        with pytest.raises(LinkOver):
            _open(unknown)
        with pytest.raises(SignInToReview):
            service.bearer(unknown, NOW)
    assert house.audit() == []


def test_neither_link_nor_session_opens_anything_under_another_practices_name(
    house: House, sent: Sent, wire: Wire
) -> None:
    def under(practice_id: str, token: str) -> str:
        secret = base64.urlsafe_b64decode(token + "==")[len(practice_id) :]
        return base64.urlsafe_b64encode(practice_id.encode() + secret).decode().rstrip("=")

    token, elsewhere = wire.letters.token("ines"), new_id(NOW)
    with pytest.raises(LinkOver):
        _open(under(elsewhere, token))
    _, cookie = _open(token)
    with pytest.raises(SignInToReview):
        service.bearer(under(elsewhere, cookie), NOW)
    assert under(house.practice_id, under(elsewhere, cookie)) == cookie
    assert service.linked_review(_by(cookie)).submission_id == sent.submission_id


def test_a_link_is_no_session_and_a_session_no_link(sent: Sent, wire: Wire) -> None:
    token = wire.letters.token("ines")
    with pytest.raises(SignInToReview):
        service.bearer(token, NOW)
    _, cookie = _open(token)
    with pytest.raises(LinkOver):
        _open(cookie, cookie)
    assert sent


def test_a_call_that_came_by_no_link_has_no_linked_review(house: House) -> None:
    with pytest.raises(NotFound):
        service.linked_review(house.as_ines())


def test_no_letter_goes_out_for_what_was_answered_before_it_left(
    house: House, enrolment: EnrolmentView, wire: Wire
) -> None:
    sent = house.send(enrolment)
    house.feedback(sent.submission_id)
    house.deliver()
    assert [subject for subject, _ in wire.letters.to("ines")] == []
    assert "made a review link" not in house.audit()


def test_no_letter_goes_to_who_treats_the_client_no_longer(house: House, enrolment: EnrolmentView, wire: Wire) -> None:
    house.send(enrolment)
    house.change_card(therapists=(Named(house.ines, "Ines Rocha"),))
    house.deliver()
    assert (len(wire.letters.to("ines")), len(wire.letters.to("tom"))) == (1, 0)


def test_a_link_to_what_went_back_to_the_client_opens_nothing(
    house: House, enrolment: EnrolmentView, wire: Wire
) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    sent = house.submit(enrolment)
    service.send_link(house.clockwork(), house.theo, sent.submission_id, house.ines)
    assert wire.letters == []
    house.settle(recording_id, RecordingState.REJECTED)
    house.deliver()
    service.send_link(house.clockwork(), house.theo, sent.submission_id, house.ines)
    assert wire.letters.to("ines") == []
