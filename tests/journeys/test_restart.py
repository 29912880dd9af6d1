"""What was kept in a state folder is there after a stop and a start, as `make run` does them."""

from pathlib import Path
from urllib.request import Request, urlopen

from demo.browser import Browser
from demo.clips import Clips
from demo.mailbox import Mailbox
from demo.steps import PASSWORD
from infra.stack import free_port, running_stack
from tests.journeys.people import House, send_lesson


def test_after_a_stop_and_a_start_a_recording_still_plays_from_its_middle(tmp_path: Path, clips: Clips) -> None:
    port, state = free_port(), tmp_path / "state"
    with running_stack(port, state) as stack:
        house = House(stack, Mailbox(f"{stack.mail_url}.json"))
        therapist = house.therapist("Rhea Restarted")
        client = house.client("Rob Restarted", "Rhea Restarted")
        client = house.enrolled(client, therapist, house.program(therapist))
        submission = send_lesson(client, therapist, clips)["submission_id"]
    with running_stack(port, state) as stack:
        rob = Browser(stack.origin).sign_in(client.email, PASSWORD)
        sent = rob.get(f"{client.api}/submissions/{submission}")
        asked = Request(sent["recordings"]["show"]["play_url"], headers={"Range": "bytes=1000-1999"})  # noqa: S310 - ours
        with urlopen(asked, timeout=10) as answer:  # noqa: S310
            assert (answer.status, len(answer.read())) == (206, 1000)
            assert answer.headers["Content-Range"].startswith("bytes 1000-1999/")
