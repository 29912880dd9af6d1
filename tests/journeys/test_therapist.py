"""A review at the desk: three presses to it, comments at their moments, a draft that stays, two answers at once."""

import re
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from demo.browser import Browser
from demo.clips import Clips
from demo.mailbox import until
from tests.journeys.conftest import DESK, Visits
from tests.journeys.looking import look
from tests.journeys.pages import becomes, button, heading, link, press, reach
from tests.journeys.people import Client, House, Program, send_lesson


class Waiting(NamedTuple):
    """A lesson that was sent, and the mail that told of it with a link to its review."""

    client: Client
    submission: str
    mail: dict[str, Any]
    address: str


@pytest.fixture(scope="module")
def vera_email(house: House) -> str:
    return house.email("Vera Viewer")


@pytest.fixture(scope="module")
def vera(house: House) -> Browser:
    """A therapist with a queue of her own."""
    return house.therapist("Vera Viewer")


@pytest.fixture(scope="module")
def waiting(house: House, vera: Browser, tilda: Browser, arms: Program, clips: Clips) -> list[Waiting]:
    """Lessons of two clients of Vera's and Tilda's, each sent after the mail of the one before had come."""
    clients = [
        house.enrolled(house.client(name, "Vera Viewer", "Tilda Therapist"), tilda, arms)
        for name in ("Ada Adams", "Ben Brown")
    ]
    found = []
    for client in clients:
        submission = str(send_lesson(client, vera, clips)["submission_id"])
        found.append(Waiting(client, submission, *house.mailbox.take(house.email("Vera Viewer"), "/r#")))
    return found


@pytest.fixture(scope="module")
def two(waiting: list[Waiting]) -> list[tuple[Client, str]]:
    """The same: the clients and the ids of what they sent."""
    return [(one.client, one.submission) for one in waiting]


def test_from_the_mail_to_the_first_comment_it_takes_three_presses(visit: Visits, waiting: list[Waiting]) -> None:
    mail, address = waiting[0].mail, waiting[0].address
    page = visit(size=DESK)
    page.route("**/mail", lambda route: route.fulfill(body=mail["html"], content_type="text/html; charset=utf-8"))
    page.goto("/mail")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    link(page, "Open the review").click()
    expect(button(page, "Open the review")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked == []  # a scanner that opens the link and runs its scripts asks for nothing
    button(page, "Open the review").click()
    expect(heading(page, "Ada, Arms up, sitting")).to_be_visible()
    expect(page).to_have_url(re.compile("/r$"))  # the secret has left the address
    comment_box(page).click()
    page.keyboard.type("A good start.")
    page.keyboard.press("Control+Enter")
    expect(comments(page)).to_have_text([re.compile("A good start")])
    assert len(visit.presses.pressed) == 3
    expect(page.get_by_text("Kept at")).to_be_visible()
    other = visit(path=address, size=DESK)
    visit.watch.expect("status of 401")
    button(other, "Open the review").click()
    expect(heading(other, "Sign in to open this review")).to_be_visible()
    expect(link(other, "Sign in and open it")).to_be_visible()


def test_the_video_is_moved_through_by_keys_and_comments_pin_its_moments(
    visit: Visits, two: list[tuple[Client, str]], vera_email: str, vera: Browser
) -> None:
    client, submission = two[1]
    review = f"{client.api}/submissions/{submission}/review"
    page = visit(vera_email, f"/reviews/{client.client_id}/{submission}", DESK)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator("video")).not_to_have_js_property("videoWidth", 0)
    # The page hears of the picture's size a task later than we can read it; two frames on, it has.
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    for _ in range(3):
        page.keyboard.press(".")
    stands_at(page, 3.5 / 30)
    page.keyboard.press(",")
    stands_at(page, 2.5 / 30)
    page.get_by_role("radio", name="0.5 times").check(force=True)
    becomes(lambda: rate_of(page), 0.5)
    page.keyboard.press("Escape")
    button(page, "Play").click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.wait_for_function("(video) => video.currentTime > 1", arg=page.locator("video").first.element_handle())
    comment_box(page).click()  # writing pauses and fixes the moment
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    at = time_of(page)
    expect(page.get_by_text(f"0:0{int(at)} of")).to_be_visible()
    page.keyboard.type("Slower here.")
    page.keyboard.press("Control+Enter")
    page.get_by_role("slider", name="Place in the video").focus()
    page.keyboard.press("ArrowRight")
    comment_box(page).fill("Let go at the end.")
    button(page, "Keep comment").click()
    expect(comments(page)).to_have_text([re.compile("Slower"), re.compile("Let go")])
    page.get_by_role("button", name=re.compile("^Comment 1, at")).click()
    becomes(lambda: time_of(page), pytest.approx(at, abs=0.1))
    comments(page).nth(1).get_by_role("button", name=re.compile("^2 At")).click()
    becomes(lambda: time_of(page) > 4, wanted=True)
    page.get_by_label("To Ben, about all of it").fill("Well done, both arms.")
    page.get_by_role("radio", name="Go on").check()
    expect(page.get_by_text("Kept at")).to_be_visible()  # which may still be of the comments
    until("The draft with all of it", lambda: vera.get(review)["draft"]["decision"] == "go_on")
    page.reload()
    expect(comments(page)).to_have_text([re.compile("Slower"), re.compile("Let go")])
    expect(page.get_by_label("To Ben, about all of it")).to_have_value("Well done, both arms.")
    button(page, "Send to Ben").click()
    expect(heading(page, "Sent to Ben")).to_be_visible()
    look(page)
    link(page, "Next in your queue").click()
    expect(heading(page, "Ada, Arms up, sitting")).to_be_visible()


def test_a_draft_that_two_windows_wrote_waits_for_a_choice(
    visit: Visits, two: list[tuple[Client, str]], vera_email: str, vera: Browser
) -> None:
    visit.watch.expect("status of 409")
    client, submission = two[0]
    page = visit(vera_email, f"/reviews/{client.client_id}/{submission}", DESK)
    words = page.get_by_label("To Ada, about all of it")
    words.fill("Here.")
    expect(page.get_by_text("Kept at")).to_be_visible()
    other: dict[str, Any] = {"comments": [], "text": "In the other window.", "decision": None}
    review = f"{client.api}/submissions/{submission}/review"
    vera.put(f"{review}/draft", other, vera.get(review)["draft"]["version"])
    words.fill("Here, and more.")
    expect(heading(page, "This draft was changed in another window")).to_be_visible()
    expect(page.get_by_text("In the other window.")).to_be_visible()
    look(page)
    button(page, "Take the other one").click()
    expect(words).to_have_value("In the other window.")
    expect(page.get_by_text("Kept at")).to_be_visible()  # nothing is on its way when the next one begins


def test_two_therapists_who_answer_at_once_are_shown_both_texts(
    visit: Visits, two: list[tuple[Client, str]], vera_email: str, tilda: Browser
) -> None:
    client, submission = two[0]
    page = visit(vera_email, f"/reviews/{client.client_id}/{submission}", DESK)
    page.get_by_label("To Ada, about all of it").fill("I would repeat it.")
    page.get_by_role("radio", name="Do this again").check()
    expect(page.get_by_text("Kept at")).to_be_visible()
    given = {"comments": [], "text": "Go on with part two.", "decision": "go_on"}
    tilda.post(f"{client.api}/submissions/{submission}/review/feedback", given)
    visit.watch.expect("status of 409")
    button(page, "Send to Ada").click()
    expect(heading(page, "Tilda answered first")).to_be_visible()
    expect(page.get_by_text("Go on with part two.")).to_be_visible()
    expect(page.get_by_text("I would repeat it.")).to_be_visible()
    look(page)


def test_a_review_goes_by_keyboard_alone(visit: Visits, house: House, arms: Program, clips: Clips) -> None:
    kate = house.therapist("Kate Keys")
    client = house.enrolled(house.client("Ken Keys", "Kate Keys"), kate, arms)
    send_lesson(client, kate, clips)
    page = visit(house.email("Kate Keys"), "/reviews", DESK)
    press(page, "link", "Review Ken Keys")
    expect(heading(page, "Ken, Arms up, sitting")).to_be_visible()
    press(page, "slider", "Place in the video", "ArrowRight")
    reach(page, "textbox", "Comment at")
    page.keyboard.type("Let go at the end.")
    page.keyboard.press("Control+Enter")
    expect(comments(page)).to_have_text([re.compile("Let go")])
    reach(page, "textbox", "To Ken, about all of it")
    page.keyboard.type("Well done.")
    press(page, "radio", "Go on", "Space")
    press(page, "button", "Send to Ken")
    expect(heading(page, "Sent to Ken")).to_be_visible()


def comment_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("^(1|2|3)? ?Comment at"))


def comments(page: Page) -> Locator:
    return page.get_by_role("list", name="Comments").get_by_role("listitem")


def time_of(page: Page) -> float:
    return float(page.locator("video").first.evaluate("(video) => video.currentTime"))


def stands_at(page: Page, seconds: float) -> None:
    """Wait until the video is there: the first step fetches where its pictures lie."""
    page.wait_for_function(
        "([video, seconds]) => Math.abs(video.currentTime - seconds) < 0.02",
        arg=[page.locator("video").first.element_handle(), seconds],
    )


def rate_of(page: Page) -> float:
    return float(page.locator("video").first.evaluate("(video) => video.playbackRate"))
