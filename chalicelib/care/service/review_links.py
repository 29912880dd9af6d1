"""Review links: made when a review is wanted, exchanged by one browser, good for one submission.

Nothing revokes a link when its submission is answered: whether one still opens anything is read off the
submission, so that there is no moment at which a link and its submission disagree.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.care.model.review_link import (
    REVIEW_LINK,
    REVIEW_SESSION,
    SESSION,
    LinkOver,
    ReviewLink,
    ReviewSession,
    SignInToReview,
    new_token,
    practice_of,
    token_of_press,
)
from chalicelib.care.model.submission import SubmissionState
from chalicelib.care.service.reviewing import give_feedback, keep_draft, reviewing, show_review
from chalicelib.care.shapes import (
    DraftKept,
    FeedbackGiven,
    GiveFeedback,
    PutDraft,
    ReviewLinkOpened,
    ReviewView,
)
from chalicelib.care.store import CareStore, ReviewDesk, link_key, session_key
from chalicelib.contact.service import Addressee, Letter, keep_line, send_letter
from chalicelib.foundation.actor import Actor, Role
from chalicelib.foundation.call import Call
from chalicelib.foundation.cookies import set_cookie
from chalicelib.foundation.errors import NotFound, StaleWrite
from chalicelib.foundation.ids import ClientId, PersonId, SubmissionId, digest
from chalicelib.foundation.insisting import insist
from chalicelib.foundation.settings import settings
from chalicelib.foundation.table import Stored, Table
from chalicelib.practice import service as practice
from chalicelib.practice.model import Named, Practice

REVIEW_COOKIE = "mw_review"


def send_link(call: Call, client_id: ClientId, submission_id: SubmissionId, therapist_id: PersonId) -> None:
    """Send a therapist the link to a submission, if it still waits for them.

    The link is committed after its letter has gone: a crash between the two sends a second letter, whose link
    is the one that works.
    """
    desk = CareStore(call.table).review_desk(client_id, submission_id, therapist_id)
    write = call.write()
    therapist = _therapist(desk, therapist_id)
    person = practice.person(call, therapist_id) if therapist and _waits(desk) else None
    if therapist and person and desk.practice and Role.THERAPIST in person.roles:
        token = new_token(call.actor.practice_id)
        letter = Letter(
            to=Addressee(name=person.name, email=person.email),
            what="A review is waiting",
            subject="Something new waits for your review",
            lines=(
                "Something new waits for your review.",
                f"The button opens it in one browser, for {_hours()}. After that, sign in to find it.",
            ),
            button_label="Open the review",
            button_url=f"{settings().site_origin}/r#{token}",
            why="You get this because you review for this practice.",
        )
        keep_line(write, client_id, send_letter(call, letter, desk.practice.name))
        link = ReviewLink(
            client_id=client_id,
            submission_id=submission_id,
            therapist=therapist,
            made_at=call.now,
            expires_at=call.now + timedelta(hours=settings().review_link_hours),
        )
        write.add(REVIEW_LINK, link_key(token), link)
        write.record("made a review link", client_id=client_id, submission_id=submission_id)
    write.commit()


def _hours() -> str:
    hours = settings().review_link_hours
    days, rest = divmod(hours, 24)
    if days > 1 and not rest:
        return f"{days} days"
    return f"{hours} hours" if hours > 1 else "an hour"


def _therapist(desk: ReviewDesk, person_id: PersonId) -> Named | None:
    therapists = desk.card.value.therapists if desk.card else ()
    return next((one for one in therapists if one.person_id == person_id), None)


def _waits(desk: ReviewDesk) -> bool:
    return (
        desk.submission is not None and desk.submission.value.state is SubmissionState.WAITING and desk.feedback is None
    )


def open_link(call: Call, token: str, cookie: str, press: str | None = None) -> tuple[ReviewLinkOpened, str]:
    """Exchange a link's secret for the session of this browser; return what it opens and the cookie to set.

    Raise LinkOver where it opens nothing (any more), SignInToReview where another browser has it or where the
    practice wants a sign-in for each review. `cookie` is what the browser has from before, if anything; `press` what
    it made by chance before the press, by which the same press, whose answer got lost, opens the same session.
    """
    practice_id = practice_of(token)
    if practice_id is None:
        raise LinkOver
    call = replace(call, actor=Actor(practice_id=practice_id, person_id=PersonId(""), name=""))

    def act() -> tuple[ReviewLinkOpened, str]:
        found = CareStore(call.table).link(token)
        if found is None:
            raise LinkOver
        link = found.value
        theirs = replace(call, actor=_speaking_for(call, link))
        desk = CareStore(call.table).review_desk(link.client_id, link.submission_id, link.therapist.person_id)
        over = call.now >= link.expires_at or not _therapist(desk, link.therapist.person_id)
        if over or not _waits(desk):
            _note(theirs, link, "refused a review link that is over")
            raise LinkOver
        if desk.practice is None or desk.practice.review_links_need_sign_in:
            _note(theirs, link, "asked for a sign-in instead of a review link")
            raise SignInToReview(path=_path(link))
        secret = token_of_press(practice_id, token, press) if press else new_token(practice_id)
        if link.session:
            return _come_again(theirs, link, cookie, secret)
        return _first_time(theirs, found, secret)

    return insist(act)


def _speaking_for(call: Call, link: ReviewLink | ReviewSession) -> Actor:
    return Actor(
        practice_id=call.actor.practice_id,
        person_id=link.therapist.person_id,
        name=link.therapist.name,
        roles=frozenset({Role.THERAPIST}),
        review=link.submission_id,
        client=link.client_id,
    )


def _note(call: Call, link: ReviewLink, action: str) -> None:
    write = call.write()
    write.record(action, client_id=link.client_id, submission_id=link.submission_id)
    write.commit()


def _path(link: ReviewLink | ReviewSession) -> str:
    return f"/reviews/{link.client_id}/{link.submission_id}"


def _come_again(call: Call, link: ReviewLink, *secrets: str) -> tuple[ReviewLinkOpened, str]:
    secret = next((one for one in secrets if digest(one) == link.session), None)
    session = CareStore(call.table).session(secret) if secret else None
    if secret is None or session is None or session.value.expires_at <= call.now:
        _note(call, link, "refused a review link in another browser")
        raise SignInToReview(path=_path(link))
    return _opened(session.value), _cookie(secret, session.value.expires_at, call.now)


def _first_time(call: Call, found: Stored[ReviewLink], secret: str) -> tuple[ReviewLinkOpened, str]:
    link = found.value
    session = ReviewSession(
        client_id=link.client_id,
        submission_id=link.submission_id,
        therapist=link.therapist,
        expires_at=call.now + SESSION,
    )
    write = call.write()
    bound = ReviewLink(
        client_id=link.client_id,
        submission_id=link.submission_id,
        therapist=link.therapist,
        made_at=link.made_at,
        expires_at=link.expires_at,
        session=digest(secret),
    )
    write.replace(found, bound, expires_at=link.expires_at)
    write.add(REVIEW_SESSION, session_key(secret), session, otherwise=StaleWrite)
    write.record("opened a review link", client_id=link.client_id, submission_id=link.submission_id)
    write.commit()
    return _opened(session), _cookie(secret, session.expires_at, call.now)


def _opened(session: ReviewSession) -> ReviewLinkOpened:
    return ReviewLinkOpened(
        client_id=session.client_id,
        submission_id=session.submission_id,
        therapist_name=session.therapist.name,
        expires_at=session.expires_at,
    )


def _cookie(secret: str, until: datetime, now: datetime) -> str:
    return set_cookie(REVIEW_COOKIE, secret, "/api/review-link", until - now)


def bearer(cookie: str, now: datetime) -> Actor:
    """Return whom a link's session speaks for, on one submission; raise SignInToReview where it is over."""
    practice_id = practice_of(cookie)
    found = CareStore(Table(practice_id)).session(cookie) if practice_id else None
    if practice_id is None or found is None:
        raise SignInToReview
    session = found.value
    if session.expires_at <= now:
        message = "The half hour of this link is over. Your draft is kept; please sign in to go on."
        raise SignInToReview(message, path=_path(session))
    return Actor(
        practice_id=practice_id,
        person_id=session.therapist.person_id,
        name=session.therapist.name,
        roles=frozenset({Role.THERAPIST}),
        review=session.submission_id,
        client=session.client_id,
    )


def linked_review(call: Call) -> ReviewView:
    """Show the review that a link is for; once it is answered the link is over."""
    desk = reviewing(call, *_scope(call))
    if desk.feedback:
        raise LinkOver
    _allowed(call, desk.practice)
    return show_review(call, desk)


def keep_linked_draft(call: Call, body: PutDraft) -> DraftKept:
    """Keep a draft for the bearer of a link."""
    _allowed(call, practice.practice(call))
    return keep_draft(call, *_scope(call), body)


def give_linked_feedback(call: Call, body: GiveFeedback) -> FeedbackGiven:
    """Answer the submission that a link is for; that uses the link up."""
    _allowed(call, practice.practice(call))
    return give_feedback(call, *_scope(call), body)


def _scope(call: Call) -> tuple[ClientId, SubmissionId]:
    if call.actor.client is None or call.actor.review is None:
        raise NotFound
    return call.actor.client, call.actor.review


def _allowed(call: Call, practice: Practice | None) -> None:
    if practice is None or practice.review_links_need_sign_in:
        raise SignInToReview(path="/reviews/{}/{}".format(*_scope(call)))
