"""What somebody writes stays words, what a scanner fetches stays untouched, and the site says so in its headers."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from demo.browser import Browser
from demo.mailbox import Mailbox
from demo.steps import in_queue, submit, write_program
from infra.stack import Stack
from tests.journeys.conftest import DESK, Visits
from tests.journeys.pages import button, heading
from tests.journeys.people import BEST, House, Program

EVIL = """\
<script>window.came_in = 1</script>
<img src=x onerror="window.came_in = 2">
[press](javascript:window.came_in=3) and ![see](javascript:window.came_in=4)
<a href="javascript:window.came_in=5" onclick="window.came_in=6">this</a> **bold**
"""


def ask(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, {k.lower(): v for k, v in refused.headers.items()}, refused.read().decode()


def test_what_is_written_with_script_is_shown_as_words(visit: Visits, house: House, tilda: Browser) -> None:
    words = {"kind": "text", "block_id": "words", "title": "<b>Before</b>", "markdown": EVIL}
    program = write_program(tilda, "<i>Evil</i>", "<b>Evil</b>", [("<u>One</u>", 5, [words, BEST])])
    client = house.enrolled(house.client("Eve <s>Evil</s>", "Tilda Therapist"), tilda, program)
    page = visit(client.email, client.page(1))
    expect(page.get_by_text("window.came_in = 1")).to_be_visible()
    expect(page.get_by_text("bold", exact=True)).to_be_visible()
    assert page.get_by_role("link", name="press").count() == 0
    client.person.put(f"{client.lesson(1)}/answers/best", {"value": 0}, 0)
    sent = submit(client.person, client.lesson(1), EVIL)["submission_id"]
    in_queue(tilda, sent)
    desk = visit(house.email("Tilda Therapist"), f"/reviews/{client.client_id}/{sent}", DESK)
    expect(desk.get_by_text("window.came_in = 2")).to_be_visible()
    given = {"comments": [], "text": EVIL, "decision": "go_on"}
    tilda.post(f"{client.api}/submissions/{sent}/review/feedback", given)
    page.goto(f"/submissions/{sent}")
    expect(heading(page, "Tilda’s reply")).to_be_visible()
    for shown in (page, desk):
        assert shown.evaluate("window.came_in") is None
        assert shown.locator("main script, main [onerror], main [onclick], main a[href^=javascript]").count() == 0


@pytest.mark.parametrize("path", ["/", "/sign-in", "/lessons/01m81n2mr8t4ffh64943q0tj0n/2", "/no/such/page"])
def test_every_address_of_the_site_comes_with_its_guards(stack: Stack, path: str) -> None:
    status, headers, body = ask(stack.origin + path)
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/html")
    policy = dict(rule.strip().partition(" ")[::2] for rule in headers["content-security-policy"].split(";"))
    assert policy["default-src"] in {"'none'", "'self'"}
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] in {"'none'", "'self'"}
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "svelte-trusted-html"
    assert not [rule for rule in policy.values() if "unsafe" in rule or "*" in rule.split()]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"]
    assert "<script>" not in body
    assert ' style="' not in body


def test_an_address_into_the_middle_opens_that_page_again(
    visit: Visits, house: House, tilda: Browser, arms: Program
) -> None:
    client = house.enrolled(house.client("Deep Link", "Tilda Therapist"), tilda, arms)
    page = visit(client.email, f"{client.page(1)}?step=2")
    expect(page.get_by_role("radio", name="left")).to_be_visible()
    page.reload()
    expect(page.get_by_role("radio", name="left")).to_be_visible()
    stranger = visit(path=client.page(1))
    expect(heading(stranger, "Sign in")).to_be_visible()


def test_who_may_not_see_a_page_is_told_that_there_is_none(
    visit: Visits, house: House, tilda: Browser, arms: Program
) -> None:
    visit.watch.expect("status of 40[34]")
    client = house.enrolled(house.client("One Client", "Tilda Therapist"), tilda, arms)
    other = house.client("Other Client", "Tilda Therapist")
    page = visit(other.email, client.page(1))
    expect(heading(page, "There is nothing here that you can open")).to_be_visible()
    page.goto("/practice")
    expect(heading(page, "There is no such page")).to_be_visible()


def test_an_address_that_the_api_does_not_have_is_a_problem_and_not_a_page(stack: Stack) -> None:
    status, headers, body = ask(stack.origin + "/api/nothing-of-this-name")
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    problem: dict[str, Any] = json.loads(body)
    assert problem["status"] == 404


def test_a_review_link_that_scanners_fetch_and_run_is_still_its_owners(
    visit: Visits, house: House, mailbox: Mailbox
) -> None:
    sam = house.therapist("Sam Scanned")
    program = write_program(sam, "One question", "", [("Just one", 5, [BEST])])
    client = house.enrolled(house.client("Ned Needed", "Sam Scanned"), sam, program)
    client.person.put(f"{client.lesson(1)}/answers/best", {"value": 0}, 0)
    submit(client.person, client.lesson(1))
    _, address = mailbox.take(house.email("Sam Scanned"), "/r#")
    for _ in range(3):
        assert ask(address.partition("#")[0])[0] == 200
        scanner = visit(path=address, size=DESK)
        expect(button(scanner, "Open the review")).to_be_visible()
        scanner.context.close()
    page = visit(path=address, size=DESK)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        page.context.clear_cookies()
        route.abort()

    visit.watch.expect("ERR_FAILED")
    page.route("**/api/review-link", lose_the_answer)
    button(page, "Open the review").click()
    expect(button(page, "Try again")).to_be_visible()
    page.unroute("**/api/review-link")
    page.reload()
    button(page, "Open the review").click()
    expect(heading(page, "Ned, Just one")).to_be_visible()
