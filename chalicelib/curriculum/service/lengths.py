"""How long a recording may last: what a lesson asks for, and what the practice has settled."""

from chalicelib.curriculum.model import Lesson
from chalicelib.curriculum.model import Recording as RecordingBlock
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import Invalid
from chalicelib.practice import service as practice

_ALWAYS_ALLOWED_S = 20 * 60


def longest_s(call: Call) -> int:
    """Return how long a recording may last in this practice, in seconds. One read."""
    return practice.practice(call).longest_recording_minutes * 60


def check_lengths(call: Call, lesson: Lesson) -> None:
    """Raise Invalid where a lesson asks for a longer recording than the practice has settled.

    Nothing is read where it asks for no more than every practice allows. What was published before stays.
    """
    asked = max((block.longest_s for block in lesson.blocks if isinstance(block, RecordingBlock)), default=0)
    if asked > _ALWAYS_ALLOWED_S and asked > (allowed := longest_s(call)):
        message = (
            f"Your practice takes recordings of up to {allowed // 60} minutes, and this lesson asks for a longer one. "
            "An owner can raise that in the practice’s settings. Nothing was changed."
        )
        raise Invalid(message)
