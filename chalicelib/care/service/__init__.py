"""Use cases of the loop, one verb each."""

from chalicelib.care.service.days import program, progress, today
from chalicelib.care.service.enrolling import change_lesson, enrol, open_lesson
from chalicelib.care.service.lessons import keep_answer, lesson, open_recording, restart
from chalicelib.care.service.letters import send_to_person, tell_side
from chalicelib.care.service.queueing import follow_card, queue
from chalicelib.care.service.review_links import (
    REVIEW_COOKIE,
    bearer,
    give_linked_feedback,
    keep_linked_draft,
    linked_review,
    open_link,
    send_link,
)
from chalicelib.care.service.reviewing import give_feedback, keep_draft, mark_seen, review, submission
from chalicelib.care.service.submitting import remove_recording, settle_recording, submit

__all__ = [
    "REVIEW_COOKIE",
    "bearer",
    "change_lesson",
    "enrol",
    "follow_card",
    "give_feedback",
    "give_linked_feedback",
    "keep_answer",
    "keep_draft",
    "keep_linked_draft",
    "lesson",
    "linked_review",
    "mark_seen",
    "open_lesson",
    "open_link",
    "open_recording",
    "program",
    "progress",
    "queue",
    "remove_recording",
    "restart",
    "review",
    "send_link",
    "send_to_person",
    "settle_recording",
    "submission",
    "submit",
    "tell_side",
    "today",
]
