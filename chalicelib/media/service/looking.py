"""Looking for recordings that did not move on by themselves: an event got lost, or a phone was put away."""

from chalicelib.foundation.call import Call
from chalicelib.foundation.log import log
from chalicelib.foundation.table import Stored
from chalicelib.media.model import Recording, never_arrived, next_look
from chalicelib.media.service.removing import remove
from chalicelib.media.store import files
from chalicelib.media.store.recordings import RecordingStore


def look_for(call: Call, stored: Stored[Recording]) -> None:
    """Tell again of an upload that is there, go on waiting for one that is not, and after seven days no longer.

    The row is claimed before the message is sent: a crash between the two is made up for at the next look.
    Telling twice does no harm, as S3 does so itself. What nothing shows any more goes.
    """
    if stored.value.released_at:
        remove(call, stored)
        return
    recording, again = stored.value, next_look(stored.value, call.now)
    arrived = files.arrived(recording.key)
    write = call.write()
    if arrived or again:
        write.replace(stored, recording, due_at=again)
    else:
        RecordingStore.settle(write, stored, never_arrived(recording))
    write.commit()
    log(
        "recording looked for",
        failed=arrived is not None and again is None,  # the last time: what made it fail is parked
        practice_id=call.actor.practice_id,
        recording_id=recording.recording_id,
        status=recording.state,
    )
    if arrived:
        files.tell_again(
            recording.key,
            arrived.size,
            # What is being processed is taken up where it was left only under the same sequencer.
            sequencer=recording.sequencer,
            version_id=recording.version_id or arrived.version_id,
        )
