"""The whole loop over HTTP, as `make tour` takes it."""

from demo import tour
from demo.clips import Clips
from infra.stack import Stack


def test_the_tour_ends_with_every_step_passed(stack: Stack, clips: Clips) -> None:
    assert tour.take(stack, clips) >= 40
