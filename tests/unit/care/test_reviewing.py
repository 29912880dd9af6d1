"""Reviewing: the queue, drafts, the answer, and two therapists at once."""

import json

import msgspec
import pytest

from chalicelib.care import service
from chalicelib.care.model.enrolment import Decision
from chalicelib.care.model.submission import AnsweredAlready, Comment
from chalicelib.care.shapes import EnrolmentView, FeedbackView, GiveFeedback, PutDraft
from chalicelib.care.store import CareStore, Desk, submission_key
from chalicelib.foundation.errors import Conflict, Invalid, NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId, PersonId, RecordingId, SubmissionId
from chalicelib.foundation.table import Row
from chalicelib.media.model import RecordingState
from chalicelib.practice.model import Named

from ..conftest import NOW
from .conftest import Wire
from .house import HOUR, House

DRAFT = PutDraft(comments=(Comment(comment_id="c1", at_s=2, text="Slower."),), text="Well", decision=None)


@pytest.fixture
def enrolment(house: House) -> EnrolmentView:
    return house.enrol()


def test_a_review_is_one_call_of_aws_and_knows_what_was_answered_before(
    house: House, enrolment: EnrolmentView, wire: Wire
) -> None:
    house.feedback(house.send(enrolment, pain=5).submission_id, Decision.AGAIN)
    sent = house.send(enrolment, at=NOW + 2 * HOUR, pain=3)
    wire.count()
    seen = service.review(house.as_ines(), house.theo, sent.submission_id)
    assert wire.count() == ["BatchGetItem"]
    assert seen.answers["move"].value.pain == 3  # type: ignore[union-attr]
    assert {one.block_id: one.value for one in seen.before} == {"move": 5.0, "ease": 5.0}
    assert (seen.client.name, seen.lesson_title, seen.state) == ("Theo", "Part 1", "waiting")
    assert seen.recordings["show"].play_url
    assert (seen.draft.version, seen.draft.text) == (0, "")


def test_a_draft_is_kept_for_each_therapist(house: House, enrolment: EnrolmentView) -> None:
    sent = house.send(enrolment)
    place = (house.theo, sent.submission_id)
    assert service.keep_draft(house.as_ines(if_match=0), *place, DRAFT).version == 1
    assert service.keep_draft(house.as_ines(if_match=0), *place, DRAFT).version == 1  # a reply that got lost
    more = msgspec.structs.replace(DRAFT, text="Well done")
    assert service.keep_draft(house.as_ines(if_match=1), *place, more).version == 2
    assert service.review(house.as_ines(), *place).draft.text == "Well done"
    assert service.review(house.as_tom(), *place).draft.version == 0
    with pytest.raises(StaleWrite) as refused:
        service.keep_draft(house.as_ines(if_match=1), *place, msgspec.structs.replace(DRAFT, text="Other"))
    assert refused.value.extra["current"].text == "Well done"  # type: ignore[attr-defined]
    assert refused.value.extra["yours"].text == "Other"  # type: ignore[attr-defined]


def test_an_answer_moves_the_client_on_and_empties_every_queue(house: House, enrolment: EnrolmentView) -> None:
    sent = house.send(enrolment)
    recording = service.review(house.as_ines(), house.theo, sent.submission_id).recordings["show"].recording_id
    comment = Comment(comment_id="c1", recording_id=recording, at_s=1.5, text="Slower.")
    service.keep_draft(house.as_ines(if_match=0), house.theo, sent.submission_id, DRAFT)
    given = house.feedback(sent.submission_id, comments=(comment,))
    assert (given.feedback.by_name, given.feedback.comments, given.feedback.seen) == ("Ines Rocha", (comment,), False)
    assert house.states(enrolment) == ["done", "open", "ahead"]
    assert (house.queue_of(house.as_ines), house.queue_of(house.as_tom)) == ([], [])
    assert house.audit()[-1] == "answered a submission"
    review = service.review(house.as_ines(), house.theo, sent.submission_id)
    assert (review.state, review.draft.version) == ("reviewed", 0)


def test_an_answer_is_one_read_and_one_write(house: House, enrolment: EnrolmentView, wire: Wire) -> None:
    sent = house.send(enrolment)
    wire.count()
    house.feedback(sent.submission_id)
    assert wire.count() == ["Query", "TransactWriteItems"]


def test_the_queue_begins_with_the_one_promised_first(house: House, enrolment: EnrolmentView) -> None:
    house.program_id = house.publish("Again", *house.lessons)
    other = house.enrol(NOW + HOUR)
    first = house.send(enrolment)
    second = house.send(other, at=NOW + HOUR)
    queue = service.queue(house.as_ines(), None)
    assert [line.submission_id for line in queue.lines] == [first.submission_id, second.submission_id]
    assert queue.minutes == 14  # each a video of 1:32, twice in parts, two answers, and the writing
    house.feedback(first.submission_id)
    assert house.queue_of(house.as_ines) == [second.submission_id]


def test_the_second_of_two_therapists_gets_both_texts_and_keeps_theirs(house: House, enrolment: EnrolmentView) -> None:
    sent = house.send(enrolment)
    house.feedback(sent.submission_id, text="Go on.")
    with pytest.raises(AnsweredAlready) as refused:
        house.feedback(sent.submission_id, Decision.AGAIN, by=house.as_tom, text="Once more.")
    current, yours = refused.value.extra["current"], refused.value.extra["yours"]
    assert isinstance(current, FeedbackView)
    assert isinstance(yours, GiveFeedback)
    assert (current.text, yours.text) == ("Go on.", "Once more.")
    draft = service.review(house.as_tom(), house.theo, sent.submission_id).draft
    assert (draft.text, draft.decision) == ("Once more.", Decision.AGAIN)
    assert house.states(enrolment) == ["done", "open", "ahead"]
    with pytest.raises(AnsweredAlready):
        service.keep_draft(house.as_tom(if_match=1), house.theo, sent.submission_id, DRAFT)


def test_two_answers_at_the_very_same_moment_are_one_answer(
    house: House, enrolment: EnrolmentView, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = house.send(enrolment)
    read = CareStore.desk
    between = [lambda: house.feedback(sent.submission_id, text="First.", by=house.as_tom)]

    def while_the_other_answers(store: CareStore, client_id: ClientId) -> Desk:
        desk = read(store, client_id)
        if between:
            between.pop()()
        return desk

    monkeypatch.setattr(CareStore, "desk", while_the_other_answers)
    with pytest.raises(AnsweredAlready):
        house.feedback(sent.submission_id, text="Second.")
    assert service.review(house.as_ines(), house.theo, sent.submission_id).draft.text == "Second."
    assert len(house.events("feedback.given")) == 1


def test_an_answer_sent_again_after_a_lost_reply_leaves_no_draft(house: House, enrolment: EnrolmentView) -> None:
    sent = house.send(enrolment)
    house.feedback(sent.submission_id)
    with pytest.raises(AnsweredAlready):
        house.feedback(sent.submission_id)
    assert service.review(house.as_ines(), house.theo, sent.submission_id).draft.version == 0


def test_again_and_the_end_of_the_program(house: House, enrolment: EnrolmentView) -> None:
    house.feedback(house.send(enrolment).submission_id, Decision.AGAIN)
    assert house.states(enrolment) == ["again", "ahead", "ahead"]
    assert house.lesson(enrolment).answers == {}
    for number in (1, 2, 3):
        at = NOW + number * HOUR
        sent = house.send(enrolment, number, at=at)
        house.feedback(sent.submission_id, at=at)
    today = service.today(house.as_dana(), house.theo)
    assert (today.finished, today.lesson, today.waiting) == (True, None, ())
    (seen,) = service.program(house.as_dana(), house.theo).enrolments
    assert (seen.state, {line.state for line in seen.lessons}) == ("finished", {"done"})
    last = service.submission(house.as_dana(), house.theo, sent.submission_id)
    assert last.next is None


def test_what_is_still_arriving_is_not_answered(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    house.record(enrolment)
    sent = house.submit(enrolment)
    with pytest.raises(Conflict) as refused:
        house.feedback(sent.submission_id)
    assert refused.value.problem_type == "still-arriving"


def test_what_went_back_to_the_client_is_not_answered(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    recording_id = house.record(enrolment)
    sent = house.submit(enrolment)
    house.settle(recording_id, RecordingState.REJECTED)
    house.deliver()
    with pytest.raises(Conflict) as refused:
        house.feedback(sent.submission_id)
    assert refused.value.problem_type == "taken-back"


@pytest.mark.parametrize(
    "comments",
    [
        (Comment(comment_id="c1", recording_id=RecordingId("0" * 26), at_s=1, text="Whose?"),),
        (Comment(comment_id="c1", text="One."), Comment(comment_id="c1", text="Two.")),
        (Comment(comment_id="c1", text="  "),),
    ],
)
def test_a_comment_belongs_to_what_was_sent_and_says_something(
    house: House, enrolment: EnrolmentView, comments: tuple[Comment, ...]
) -> None:
    sent = house.send(enrolment)
    with pytest.raises(Invalid):
        house.feedback(sent.submission_id, comments=comments)
    assert house.states(enrolment)[0] == "sent"


def test_nobody_else_reviews(house: House, enrolment: EnrolmentView) -> None:
    sent = house.send(enrolment)
    for call in (house.as_dana(if_match=0), house.as_ana(if_match=0), house.as_ruth(if_match=0)):
        with pytest.raises(NotFound):
            service.review(call, house.theo, sent.submission_id)
        with pytest.raises(NotFound):
            service.keep_draft(call, house.theo, sent.submission_id, DRAFT)
    for by in (house.as_dana, house.as_ana):
        with pytest.raises(NotFound):
            house.feedback(sent.submission_id, by=by)


def test_what_is_not_there_is_not_found(house: House) -> None:
    nothing = SubmissionId(house.theo)
    for act in (
        lambda: service.review(house.as_ines(), house.theo, nothing),
        lambda: service.keep_draft(house.as_ines(if_match=0), house.theo, nothing, DRAFT),
        lambda: house.feedback(nothing),
        lambda: service.submission(house.as_dana(), house.theo, nothing),
        lambda: service.mark_seen(house.as_dana(), house.theo, nothing),
    ):
        with pytest.raises(NotFound):
            act()


def test_the_clients_side_is_told_and_what_they_have_seen_is_noted_once(
    house: House, enrolment: EnrolmentView, wire: Wire
) -> None:
    sent = house.send(enrolment)
    house.feedback(sent.submission_id)
    house.deliver(NOW + HOUR)
    ((subject, text),) = wire.letters.to("dana")
    assert subject == "There is an answer for you"
    assert f"http://site.test/submissions/{sent.submission_id}?for={house.theo}" in text
    assert not {word for word in ("Theo", "Arms", "pain", "video") if word in text}
    assert ("An answer", "Dana Brenner") in house.log()
    (news,) = service.today(house.as_dana(), house.theo).feedback
    assert (news.by_name, news.lesson_title, news.comments) == ("Ines Rocha", "Part 1", 0)
    for hours in (2, 3):
        service.mark_seen(house.as_dana(NOW + hours * HOUR), house.theo, sent.submission_id)
    assert service.today(house.as_dana(), house.theo).feedback == ()
    seen = service.submission(house.as_dana(), house.theo, sent.submission_id)
    assert seen.feedback is not None
    assert seen.feedback.seen
    stored = house.store.feedback(house.theo, sent.submission_id)
    assert stored is not None
    assert stored.value.seen_at == NOW + 2 * HOUR
    assert seen.next is not None
    assert (seen.next.number, seen.next.state) == (2, "open")
    with pytest.raises(NotFound):
        service.mark_seen(house.as_ines(), house.theo, sent.submission_id)


def test_a_family_without_a_sign_in_is_noted_in_the_log(house: House, enrolment: EnrolmentView, wire: Wire) -> None:
    sent = house.send(enrolment)
    house.change_card(guardians=())
    house.feedback(sent.submission_id)
    house.deliver(NOW + HOUR)
    assert wire.letters.to("dana") == []
    assert ("An answer", "") in house.log()


def test_a_guardian_who_is_gone_when_the_letter_is_due_gets_none(house: House, wire: Wire) -> None:
    gone = PersonId("0" * 26)
    service.send_to_person(house.clockwork(), "answer", house.theo, gone, submission_id="0" * 26)
    assert wire.letters == []
    assert house.log() == [("An answer", "")]


def test_a_letter_that_comes_late_is_not_sent_to_who_no_longer_acts_for_the_client(
    house: House, enrolment: EnrolmentView, wire: Wire
) -> None:
    house.feedback(house.send(enrolment).submission_id)
    (event,) = house.events("feedback.given")
    house.deliver_once(event)
    (wanted,) = house.events("letter.wanted")
    house.change_card(guardians=(Named(house.ruth_herself, "Ruth Adeyemi"),))
    house.deliver_once(wanted, NOW + 100 * HOUR)
    assert wire.letters.to("dana") == []
    assert ("An answer", "") in house.log()


def test_queues_follow_who_treats_the_client_and_their_name(house: House, enrolment: EnrolmentView, wire: Wire) -> None:
    sent = house.send(enrolment)
    house.deliver()
    house.change_card(name="Theo B.", therapists=(Named(house.ines, "Ines Rocha"),))
    house.deliver()
    assert (house.queue_of(house.as_ines), house.queue_of(house.as_tom)) == ([sent.submission_id], [])
    assert service.queue(house.as_ines(), None).lines[0].client_name == "Theo B."
    house.change_card(therapists=(Named(house.tom, "Tom Healy"),))
    house.deliver()
    assert (house.queue_of(house.as_ines), house.queue_of(house.as_tom)) == ([], [sent.submission_id])
    assert len([subject for subject, _ in wire.letters.to("tom") if "review" in subject]) == 2
    house.feedback(sent.submission_id, by=house.as_tom)
    assert house.queue_of(house.as_tom) == []


def test_a_change_of_the_card_while_nothing_waits_changes_no_queue(house: House, enrolment: EnrolmentView) -> None:
    house.answer_all(enrolment)
    house.record(enrolment)
    house.submit(enrolment)
    house.change_card(name="Theo B.")
    house.deliver()
    assert house.queue_of(house.as_ines) == []
    service.follow_card(house.clockwork(), ClientId("0" * 26))


def test_what_was_sent_before_it_said_of_how_many_lessons_is_reviewed_all_the_same(
    house: House, enrolment: EnrolmentView
) -> None:
    sent = house.send(enrolment)
    key = submission_key(house.theo, sent.submission_id)
    row = Row.get(house.table.pk(key.part), key.sk)
    row.body = json.dumps({name: value for name, value in json.loads(row.body).items() if name != "of"})
    row.save()
    seen = service.review(house.as_ines(), house.theo, sent.submission_id)
    assert (seen.lesson_number, seen.of) == (1, 0)
