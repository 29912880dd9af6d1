"""A stranger's file in, one small recording that plays everywhere out; no AWS, no clock, no state."""

from chalicelib.media.processing.budget import Budget
from chalicelib.media.processing.child import ToolFault
from chalicelib.media.processing.outcome import Accepted, Kind, Outcome, Reason, Rejected, TooMuchWork, sentence
from chalicelib.media.processing.pipeline import look_through, process
from chalicelib.media.processing.tools import find_ffmpeg

__all__ = [
    "Accepted",
    "Budget",
    "Kind",
    "Outcome",
    "Reason",
    "Rejected",
    "TooMuchWork",
    "ToolFault",
    "find_ffmpeg",
    "look_through",
    "process",
    "sentence",
]
