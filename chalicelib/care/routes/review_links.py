"""HTTP for review links: exchanged by a deliberate press, then one review and nothing else.

No route here answers a GET of the secret, so that whoever fetches a link from a mail changes nothing.
"""

from chalice.app import Request

from chalicelib.care import service
from chalicelib.care.routes.blueprint import ROUTES
from chalicelib.care.shapes import (
    DraftKept,
    FeedbackGiven,
    GiveFeedback,
    OpenReviewLink,
    PutDraft,
    ReviewLinkOpened,
    ReviewView,
)
from chalicelib.foundation import clock
from chalicelib.foundation.actor import Actor
from chalicelib.foundation.call import Call
from chalicelib.foundation.cookies import cookie
from chalicelib.foundation.http import Answer, endpoint

_LINK = "/api/review-link"


def _cookie(request: Request) -> str:
    return cookie(request, service.REVIEW_COOKIE)


def _bearer(request: Request) -> Actor:
    """Return who a link's session speaks for, and on what."""
    return service.bearer(_cookie(request), clock.now())


@endpoint(ROUTES, "POST", _LINK, takes=OpenReviewLink, answers=ReviewLinkOpened, roles=None, guarded=True)
def open_review_link(call: Call, body: OpenReviewLink) -> Answer:
    """Exchange the secret of a link for half an hour of one review."""
    opened, kept = service.open_link(call, body.token, _cookie(ROUTES.current_request), body.press)
    return Answer(opened, cookies=(kept,))


@endpoint(ROUTES, "GET", f"{_LINK}/review", answers=ReviewView, roles=None, identify=_bearer)
def see_linked_review(call: Call) -> ReviewView:
    """See the review that the link is for."""
    return service.linked_review(call)


@endpoint(
    ROUTES, "PUT", f"{_LINK}/draft", takes=PutDraft, answers=DraftKept, roles=None, updates=True, identify=_bearer
)
def keep_linked_draft(call: Call, body: PutDraft) -> Answer:
    """Keep a draft of the answer. If-Match is the draft's version, 0 for the first."""
    kept = service.keep_linked_draft(call, body)
    return Answer(kept, version=kept.version)


@endpoint(
    ROUTES,
    "POST",
    f"{_LINK}/feedback",
    takes=GiveFeedback,
    answers=FeedbackGiven,
    roles=None,
    status=201,
    creates=True,
    identify=_bearer,
)
def give_linked_feedback(call: Call, body: GiveFeedback) -> FeedbackGiven:
    """Answer the submission that the link is for."""
    return service.give_linked_feedback(call, body)
