"""What happens to an upload once S3 has told of it. Runs in the video function alone, which brings ffmpeg.

Every step can be done again: the row says how far it has come and how often it was tried, what is made of an upload
lies below its version and is never replaced, and the row's last state and the event that tells of it are one
transaction. So a message that comes twice, or after a crash at any point, ends in one rendition and one event. After
three tries a recording is parked (docs/decisions/0027). What comes for a client who was erased is removed again.
"""

import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from chalicelib.foundation.actor import clockwork
from chalicelib.foundation.call import Call
from chalicelib.foundation.errors import StaleWrite
from chalicelib.foundation.log import log
from chalicelib.foundation.table import Stored
from chalicelib.media.intake import claims, elsewhere, making
from chalicelib.media.intake.claims import UploadUnknown
from chalicelib.media.intake.making import Look, Room, Work
from chalicelib.media.intake.messages import Arrival, JobEnded, read
from chalicelib.media.model import (
    FAILED_ELSEWHERE,
    MOST_TRIES,
    TRIED_OUT,
    Elsewhere,
    MediaKind,
    Recording,
    RecordingState,
    is_news,
    lasts_as_long,
    mended_of,
)
from chalicelib.media.processing import Accepted, Outcome, Rejected, TooMuchWork, look_through, process
from chalicelib.media.processing.contents import Contents
from chalicelib.media.store import files, removal

__all__ = ["Look", "Room", "UploadUnknown", "Work", "process_upload"]

type Step = Callable[[], None]


def process_upload(
    body: str, now: datetime, *, work: Work = process, look: Look = look_through, room: Room | None = None
) -> None:
    """Make one upload playable, or say why not.

    Raise UploadUnknown where the row is not there (yet), ValueError for what is no upload of ours, and
    whatever AWS or `work` raise for faults that another try may mend; after the third the recording is parked.
    """
    message = read(body)
    call = Call(clockwork(message.upload.practice_id), now)
    intake = _Intake(call, work, look, room)
    if isinstance(message, Arrival):
        intake.arrived(message)
    else:
        intake.job_ended(message)


class _Intake:
    """One run of the function for one message."""

    def __init__(self, call: Call, work: Work, look: Look, room: Room | None) -> None:
        self._call, self._work, self._look, self._room = call, work, look, room
        self._began = time.monotonic()

    def arrived(self, arrival: Arrival) -> None:
        claims.insisting(lambda: self._next(arrival))()

    def _next(self, arrival: Arrival) -> Step:
        """Say what is to be done about an upload. Where that is work on it, it is claimed by then."""
        stored = claims.found(self._call, arrival.upload, arrival.key)
        if stored is None:
            return _nothing
        recording = stored.value
        if not is_news(recording, arrival.sequencer, arrival.anew):
            return partial(self._tidy_up, stored, arrival)
        same = arrival.sequencer == recording.sequencer and arrival.anew in {"", recording.anew}
        if same and recording.elsewhere and recording.elsewhere.job_id:
            return partial(self._ask_elsewhere, arrival, recording, recording.elsewhere.job_id)
        version_id = arrival.version_id or (recording.version_id if same else None)
        if version_id is None and (there := files.arrived(arrival.key)):
            version_id = there.version_id
        claimed = claims.claim(
            self._call, stored, sequencer=arrival.sequencer, version_id=version_id, anew=arrival.anew
        )
        return partial(self._try, claimed, lambda folder: self._make(claimed, arrival.size, folder))

    def job_ended(self, ended: JobEnded) -> None:
        claims.insisting(lambda: self._next_of_job(ended))()

    def _next_of_job(self, ended: JobEnded) -> Step:
        """Say what is to be done about what was made elsewhere: nothing where it is another job's, or done."""
        try:
            stored = claims.found(self._call, ended.upload, ended.key)
        except UploadUnknown:  # it was removed meanwhile, and with it what came back
            return _nothing
        if stored is None or not ended.is_of(stored.value):
            return _nothing
        recording = stored.value
        if recording.state in {RecordingState.READY, RecordingState.REJECTED}:
            return partial(elsewhere.clear, recording)
        if recording.state is RecordingState.PARKED and not ended.done:
            return _nothing
        claimed = claims.claim(
            self._call,
            stored,
            sequencer=recording.sequencer,
            version_id=recording.version_id,
            anew=recording.anew,
        )
        if not ended.done:
            return partial(self._park_from_elsewhere, claimed, FAILED_ELSEWHERE)
        return partial(self._try, claimed, lambda folder: self._take_back(claimed, folder))

    def _try(self, claimed: Stored[Recording], act: Callable[[Path], None]) -> None:
        """Work on it, or park it where that was tried too often, by us or by functions that died of it."""
        if claimed.value.tries > MOST_TRIES:
            claims.park(self._call, claimed, TRIED_OUT)
            return
        try:
            with tempfile.TemporaryDirectory(prefix="upload-") as folder:
                act(Path(folder))
        except Exception as error:
            if claimed.value.tries < MOST_TRIES:
                raise
            claims.park(self._call, claimed, TRIED_OUT, error=type(error).__name__)

    def _make(self, claimed: Stored[Recording], size: int, folder: Path) -> None:
        recording, source = claimed.value, folder / "upload"
        refused = making.refused_by_size(recording, size)
        if refused:
            self._end(claimed, refused)
            return
        files.fetch(recording.key, recording.version_id, source)
        if recording.kind in {MediaKind.IMAGE, MediaKind.DOCUMENT}:
            self._end(claimed, making.handed_on(recording, source, folder))
            return
        try:
            outcome = self._render(recording, source, folder, cpu_s=self._cpu_s())
        except TooMuchWork as too_much:
            if elsewhere.takes(too_much.contents):
                self._hand_over(claimed, too_much.contents)
                return
            outcome = self._render(recording, source, folder, cpu_s=None)
        if recording.home.client_id is None and isinstance(outcome, Accepted) and self._is_damaged(outcome):
            # Nobody waits for it, and its keys are known to who shows it: it has to be right at once.
            outcome = self._render(recording, source, folder, cpu_s=None, copy=False)
        self._end(claimed, making.ended(recording, outcome))
        if recording.home.client_id and isinstance(outcome, Accepted):
            self._look_through(claimed, outcome, source, folder)

    def _cpu_s(self) -> float | None:
        """How much work is done here, in seconds of CPU time; None where there is nobody else to do it."""
        if self._room is None or not elsewhere.is_there():
            return None
        return elsewhere.SHARE * self._room.budget.seconds * self._room.cores

    def _render(
        self, recording: Recording, source: Path, folder: Path, *, cpu_s: float | None, copy: bool = True
    ) -> Outcome:
        out_dir = folder / "made"
        out_dir.mkdir(exist_ok=True)
        return self._work(
            source,
            out_dir,
            kind="video" if recording.kind is MediaKind.VIDEO else "audio",
            longest_s=recording.longest_s,
            budget=self._room.budget if self._room else None,
            cpu_s=cpu_s,
            copy=copy,
        )

    def _hand_over(self, claimed: Stored[Recording], contents: Contents) -> None:
        """Have it made elsewhere; what comes of that is told in another message."""
        place = Elsewhere(duration_s=contents.duration_s)
        noted = claims.write(self._call, claimed, msgspec.structs.replace(claimed.value, elsewhere=place))
        place = msgspec.structs.replace(place, job_id=elsewhere.hand_over(noted.value, contents))
        with suppress(StaleWrite):  # then its end was told already, or is looked for
            claims.write(self._call, noted, msgspec.structs.replace(noted.value, elsewhere=place, tries=0))

    def _ask_elsewhere(self, arrival: Arrival, recording: Recording, job_id: str) -> None:
        """Ask what has become of a job whose end was not told, or not yet."""
        status = elsewhere.status(job_id)
        if status in {"COMPLETE", "ERROR", "CANCELED"}:
            self.job_ended(
                JobEnded(
                    upload=arrival.upload,
                    key=arrival.key,
                    version_id=recording.version_id,
                    anew=recording.anew,
                    job_id=job_id,
                    done=status == "COMPLETE",
                )
            )

    def _take_back(self, claimed: Stored[Recording], folder: Path) -> None:
        """Let what was made elsewhere go the way of any upload. Whatever is wrong with it is not the file's fault."""
        recording, source = claimed.value, folder / "upload"
        elsewhere.fetch(recording, source)
        outcome = self._render(recording, source, folder, cpu_s=None)
        of_s = recording.elsewhere.duration_s if recording.elsewhere else 0
        if isinstance(outcome, Rejected) or not lasts_as_long(outcome.duration_s, of_s):
            self._park_from_elsewhere(claimed, FAILED_ELSEWHERE)
            return
        self._end(claimed, making.ended(recording, outcome))
        elsewhere.clear(recording)

    def _park_from_elsewhere(self, claimed: Stored[Recording], reason: str) -> None:
        claims.park(self._call, claimed, reason)
        elsewhere.clear(claimed.value)

    def _end(self, claimed: Stored[Recording], ended: Recording) -> None:
        if ended.state is RecordingState.PARKED:
            claims.park(self._call, claimed, ended.reason or "")
        elif claims.settle(self._call, claimed, ended):
            log(
                "recording settled",
                practice_id=self._call.actor.practice_id,
                recording_id=ended.recording_id,
                kind=ended.kind,
                status=ended.state,
                reason=ended.reason,
                took_ms=int((time.monotonic() - self._began) * 1000),
            )

    def _tidy_up(self, stored: Stored[Recording], arrival: Arrival) -> None:
        """Do what was left undone by a function that died after it had settled a recording, or had lost it."""
        recording = stored.value
        if recording.to_look_through and recording.rendition and recording.state is RecordingState.READY:
            with tempfile.TemporaryDirectory(prefix="upload-") as folder:
                rendition = Path(folder) / "rendition"
                files.fetch_made(recording.rendition.key, rendition)
                accepted = making.accepted(recording.rendition, rendition)
                self._look_through(stored, accepted, Path(folder) / "upload", Path(folder))
        elif recording.home.client_id and arrival.version_id not in {None, recording.version_id}:
            removal.remove_made(f"{arrival.key}/{arrival.version_id}/")
        else:
            claims.withdraw_mended(recording)

    def _look_through(self, stored: Stored[Recording], accepted: Accepted, source: Path, folder: Path) -> None:
        """Decode what was copied. It plays already, so this may wait; where parts of it are damaged, it is marked.

        A player may stop at what is damaged, so that one takes its place in which the holes are patched.
        """
        if not making.is_copied(accepted):
            return
        recording, mended = stored.value, None
        damaged = self._is_damaged(accepted)
        if damaged:
            if not source.exists():
                files.fetch(recording.key, recording.version_id, source)
            outcome = self._render(recording, source, folder, cpu_s=None, copy=False)
            if isinstance(outcome, Accepted):
                mended = making.published(recording, outcome, mended_of(recording))
        claims.insisting(lambda: claims.mark(self._call, recording, damaged=damaged, mended=mended))

    def _is_damaged(self, accepted: Accepted) -> bool:
        if not making.is_copied(accepted):
            return accepted.damaged
        return self._look(accepted, budget=self._room.budget if self._room else None).damaged


def _nothing() -> None:
    """Nobody waits for it, or somebody else is at it."""
