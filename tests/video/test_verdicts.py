"""What becomes of every file of the corpus, by the command that anybody may run on a file of their own."""

import pytest

from chalicelib.media.processing import Reason

from .conftest import Made
from .corpus import KINDS

ACCEPTED = [name for name, kind in KINDS.items() if kind.accepted]
REFUSED = [name for name, kind in KINDS.items() if not kind.accepted]


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_anybodys_phone_or_browser_makes_is_accepted(made: Made, name: str) -> None:
    outcome = made(name)
    kind, said = outcome.kind, outcome.told.said
    assert (outcome.told.status, said["verdict"], said["reason"]) == (0, "accepted", None), said
    assert (said["width"], said["height"]) == kind.size
    assert said["duration_s"] == pytest.approx(kind.seconds, abs=max(0.5, kind.seconds * 0.05))
    assert said["damaged"] is kind.damaged
    if kind.copied is not None:
        assert (said["copied_video"], said["copied_audio"]) == kind.copied
    assert sorted(said["outputs"]) == [str(path) for path in outcome.files()]
    assert {path.name for path in outcome.files()} == (
        {"rendition.mp4", "poster.jpg", "sprite.jpg", "timeline.json"}
        if kind.asked == "video"
        else {"rendition.m4a", "timeline.json"}
    )


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_recording_or_wants_to_do_harm_is_refused(made: Made, name: str) -> None:
    outcome = made(name)
    assert outcome.told.status == 2, outcome.told
    assert outcome.told.said["verdict"] == "rejected"
    assert Reason(outcome.told.said["reason"]) in outcome.kind.refused
    assert outcome.told.said["outputs"] == []
    assert outcome.files() == []
