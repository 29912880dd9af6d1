"""What is more work than a function can do: handed over as MediaConvert understands it, taken back as any upload."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import botocore.session
import msgspec
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.stub import Stubber
from botocore.validate import ParamValidator
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.foundation import aws
from chalicelib.foundation.settings import settings
from chalicelib.media import service
from chalicelib.media.intake import Room, elsewhere, process_upload
from chalicelib.media.model import Recording, RecordingState, lasts_as_long
from chalicelib.media.processing import Reason, Rejected, TooMuchWork, rules
from chalicelib.media.processing.contents import Contents
from chalicelib.media.processing.packets import Track
from chalicelib.media.processing.streams import Audio, Video
from chalicelib.media.store.recordings import recording_key

from ..conftest import NOW, CallAs
from .conftest import FakeWork, Practice, of, told
from .faults import BadDay, Died, die

ROLE = "arn:aws:iam::000000000000:role/convert"
JOB = "1671476818694-phptj0"
ROOM = Room(left_s=lambda: 780.0 + 120.0, cores=1.7)
VIDEO = Video(index=0, codec="hevc", profile="Main 10", pixel_format="yuv420p10le", width=3840, height=2160)
LONG = Contents(
    declared_s=5400.0,
    video=VIDEO,
    video_track=Track(packets=324_000, end_s=5400.0, peak_rate=60, starts_on_key=True),
    audio=Audio(index=1, codec="aac", profile="LC", rate_hz=48_000, channels=2),
    audio_track=Track(packets=253_000, end_s=5400.0),
)


@pytest.fixture
def convert(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """MediaConvert as botocore knows it: it refuses a request that is not of its service's model."""
    assert stack
    monkeypatch.setenv("CONVERT_ROLE", ROLE)
    settings.cache_clear()
    with Stubber(aws.client("mediaconvert")) as stubber:
        yield stubber
    settings.cache_clear()


@pytest.fixture
def patient(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """MediaConvert, which answers however often it is asked; the tokens of the jobs that it was asked for."""
    assert stack
    monkeypatch.setenv("CONVERT_ROLE", ROLE)
    settings.cache_clear()
    tokens: list[str] = []
    answer = {"Job": {"Id": JOB, "Role": ROLE, "Settings": {}, "Status": "PROGRESSING"}}

    def call(model: Any, params: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        if model.name == "CreateJob":
            tokens.append(msgspec.json.decode(params["body"])["clientRequestToken"])
        return AWSResponse("", 200, HTTPHeaders(), None), answer

    events = aws.client("mediaconvert").meta.events
    events.register("before-call.mediaconvert", call)
    yield tokens
    events.unregister("before-call.mediaconvert", call)
    settings.cache_clear()


def too_much(contents: Contents = LONG) -> FakeWork:
    work = FakeWork(lasts_s=5400.0)

    def refuse() -> None:
        if work.limits[-1][1] is not None:
            raise TooMuchWork(9000, contents)

    work.before = refuse
    return work


def version_of(stack: dict[str, Any], recording: Recording) -> str:
    listed = stack["s3"].list_object_versions(Bucket=settings().uploads_bucket, Prefix=recording.key)
    version: str = listed["Versions"][-1]["VersionId"]
    return version


def ended(recording: Recording, status: str = "COMPLETE", *, job_id: str = JOB, anew: str = "") -> str:
    """What EventBridge sends when a job has ended, as AWS's guide shows it (2026)."""
    about = {"bucket": settings().uploads_bucket, "key": recording.key, "version": recording.version_id}
    event = {
        "version": "0",
        "id": "1234abcd-12ab-34cd-56ef-1234567890ab",
        "detail-type": "MediaConvert Job State Change",
        "source": "aws.mediaconvert",
        "account": "111122223333",
        "time": "2026-05-14T09:30:00Z",
        "region": "eu-central-1",
        "resources": [f"arn:aws:mediaconvert:eu-central-1:111122223333:jobs/{job_id}"],
        "detail": {
            "timestamp": 1671476832124,
            "accountId": "111122223333",
            "queue": "arn:aws:mediaconvert:eu-central-1:111122223333:queues/Default",
            "jobId": job_id,
            "status": status,
            "userMetadata": about | ({"anew": anew} if anew else {}),
            "outputGroupDetails": [
                {
                    "outputDetails": [
                        {
                            "outputFilePaths": ["s3://media/elsewhere/made.mp4"],
                            "durationInMs": 5_400_000,
                            "videoDetails": {"widthInPx": 1280, "heightInPx": 720},
                        }
                    ],
                    "type": "FILE_GROUP",
                }
            ],
        },
    }
    return msgspec.json.encode(event).decode()


def hand_over(practice: Practice, convert: Stubber, **given_: Any) -> Recording:
    """Send a recording that is too much work, and let it be handed over."""
    recording = practice.send(**given_)
    convert.add_response("create_job", {"Job": {"Id": JOB, "Role": ROLE, "Settings": {}}})
    process_upload(told(recording), NOW, work=too_much(), room=ROOM)
    return of(practice, recording)


def come_back(stack: dict[str, Any], recording: Recording) -> None:
    """Do what MediaConvert does."""
    key = f"elsewhere/{recording.key}/{recording.version_id}/made.mp4"
    stack["s3"].put_object(Bucket=settings().media_bucket, Key=key, Body=b"made elsewhere")


def test_what_is_too_much_work_is_handed_over_in_the_version_that_arrived(
    practice: Practice, stack: dict[str, Any], convert: Stubber
) -> None:
    recording = practice.send()
    version = version_of(stack, recording)
    stack["s3"].put_object(Bucket=settings().uploads_bucket, Key=recording.key, Body=b"something else")
    convert.add_response("create_job", {"Job": {"Id": JOB, "Role": ROLE, "Settings": {}}})
    work = too_much()
    extra: dict[str, Any] = {"version-id": version}
    process_upload(told(recording, sequencer="01", **extra), NOW, work=work, room=ROOM)
    assert [round(cpu_s or 0, 3) for _, cpu_s in work.limits] == [round(0.6 * 780 * 1.7, 3)]
    found = of(practice, recording)
    assert (found.state, found.elsewhere and found.elsewhere.job_id) == (RecordingState.PROCESSING, JOB)
    assert practice.stored(f"elsewhere/{recording.key}/{version}/source") == b"a video, sent"
    assert practice.events() == []
    convert.assert_no_pending_responses()


def test_where_nobody_else_can_do_it_the_function_does(practice: Practice) -> None:
    work = too_much()
    recording = practice.send()
    process_upload(told(recording), NOW, work=work, room=ROOM)
    assert of(practice, recording).state is RecordingState.READY


def test_what_hides_something_that_was_cut_off_stays_here(practice: Practice, convert: Stubber) -> None:
    recording = practice.send()
    trimmed = Contents(5400.0, VIDEO, Track(packets=9, end_s=5400.0, hidden_packets=4), LONG.audio, LONG.audio_track)
    work = too_much(trimmed)
    process_upload(told(recording), NOW, work=work, room=ROOM)
    assert [cpu_s for _, cpu_s in work.limits][1:] == [None]
    assert of(practice, recording).state is RecordingState.READY
    convert.assert_no_pending_responses()


def test_what_comes_back_goes_the_way_of_any_upload(
    practice: Practice, stack: dict[str, Any], convert: Stubber
) -> None:
    recording = hand_over(practice, convert)
    come_back(stack, recording)
    work = FakeWork(lasts_s=5400.2, copies=True)
    for _ in range(2):
        process_upload(ended(recording), NOW, work=work, room=ROOM)
    settled = of(practice, recording)
    assert work.seen == [b"made elsewhere"]
    assert work.limits[0][1] is None
    assert (settled.state, settled.to_look_through) == (RecordingState.READY, False)
    assert settled.rendition is not None
    assert settled.rendition.key == f"{recording.key}/{recording.version_id}/play.mp4"
    assert len(practice.kept()) == 4
    assert [event.type for event in practice.events()] == ["recording.settled"]


@pytest.mark.parametrize("status", ["ERROR", "CANCELED"])
def test_what_failed_elsewhere_is_parked_and_can_be_taken_up_again(
    practice: Practice, stack: dict[str, Any], convert: Stubber, status: str
) -> None:
    recording = hand_over(practice, convert)
    for _ in range(2):
        process_upload(ended(recording, status), NOW, work=FakeWork())
    view = service.view(of(practice, recording), with_urls=True)
    assert (view.state, of(practice, recording).reason) == (RecordingState.PARKED, "failed_elsewhere")
    assert practice.kept() == {}
    received = stack["sqs"].receive_message(QueueUrl=settings().uploads_parked_url, MaxNumberOfMessages=10)
    (message,) = received["Messages"]
    convert.add_response("create_job", {"Job": {"Id": "another", "Role": ROLE, "Settings": {}}})
    process_upload(message["Body"], NOW, work=too_much(), room=ROOM)
    process_upload(ended(recording, status), NOW, work=FakeWork())  # of the job before, late
    again = of(practice, recording)
    assert (again.state, again.elsewhere and again.elsewhere.job_id) == (RecordingState.PROCESSING, "another")
    come_back(stack, again)
    process_upload(ended(again, job_id="another", anew=again.anew), NOW, work=FakeWork(lasts_s=5400.0))
    assert of(practice, recording).state is RecordingState.READY


@pytest.mark.parametrize("outcome", [None, Rejected(Reason.CUT_SHORT)])
def test_what_comes_back_too_short_or_refused_is_our_fault(
    practice: Practice, stack: dict[str, Any], convert: Stubber, outcome: Rejected | None
) -> None:
    recording = hand_over(practice, convert)
    come_back(stack, recording)
    process_upload(ended(recording), NOW, work=FakeWork(outcome, lasts_s=5000.0))
    assert of(practice, recording).state is RecordingState.PARKED
    assert practice.kept() == {}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("COMPLETE", RecordingState.READY),
        ("ERROR", RecordingState.PARKED),
        ("PROGRESSING", RecordingState.PROCESSING),
    ],
)
def test_a_job_whose_end_was_never_told_is_asked_for(
    practice: Practice, stack: dict[str, Any], convert: Stubber, status: str, state: RecordingState
) -> None:
    recording = hand_over(practice, convert)
    come_back(stack, recording)
    convert.add_response("get_job", {"Job": {"Id": JOB, "Role": ROLE, "Settings": {}, "Status": status}}, {"Id": JOB})
    work = FakeWork(lasts_s=5400.0)
    process_upload(told(recording), NOW, work=work, room=ROOM)  # as the sweeper tells it again
    assert of(practice, recording).state is state
    convert.assert_no_pending_responses()


def test_a_job_that_nobody_knows_any_more_has_failed(practice: Practice, convert: Stubber) -> None:
    recording = hand_over(practice, convert)
    convert.add_client_error("get_job", "NotFoundException", http_status_code=404)
    process_upload(told(recording), NOW, work=FakeWork(), room=ROOM)
    assert of(practice, recording).state is RecordingState.PARKED


def test_the_end_of_a_job_may_be_told_before_its_id_is_written_down(
    practice: Practice, stack: dict[str, Any], convert: Stubber, bad_day: BadDay
) -> None:
    recording = practice.send()
    convert.add_response("create_job", {"Job": {"Id": JOB, "Role": ROLE, "Settings": {}}})

    def at_once() -> None:
        known = of(practice, recording)
        assert known.elsewhere
        assert known.elsewhere.job_id == ""
        come_back(stack, known)
        process_upload(ended(known), NOW, work=FakeWork(lasts_s=5400.0))

    calls = _calls_of_a_hand_over(practice, convert, bad_day)
    bad_day.meanwhile(calls - 1, at_once)
    process_upload(told(recording), NOW, work=too_much(), room=ROOM)
    assert of(practice, recording).state is RecordingState.READY
    assert len(practice.events()) == 1


def _calls_of_a_hand_over(practice: Practice, convert: Stubber, bad_day: BadDay) -> int:
    recording = practice.send()
    convert.add_response("create_job", {"Job": {"Id": "counted", "Role": ROLE, "Settings": {}}})
    bad_day.over()
    process_upload(told(recording), NOW, work=too_much(), room=ROOM)
    return bad_day.calls


def test_handing_over_survives_a_break_at_every_call_and_is_one_job(
    practice: Practice, stack: dict[str, Any], patient: list[str], bad_day: BadDay
) -> None:
    recording = practice.send()

    def attempt() -> None:
        process_upload(told(recording), NOW, work=too_much(), room=ROOM)

    broken = 0
    for where in bad_day.sweep(attempt):
        broken += 1
        attempt()
        found = of(practice, recording)
        assert (found.state, found.elsewhere and found.elsewhere.job_id) == (RecordingState.PROCESSING, JOB), where
        assert len(set(patient)) == 1, where
        come_back(stack, found)
        process_upload(ended(found), NOW, work=FakeWork(lasts_s=5400.0))
        assert of(practice, recording).state is RecordingState.READY, where
        patient.clear()
        recording = practice.send()
    assert broken >= 8


def test_a_function_that_dies_over_what_came_back_is_followed_by_others_and_then_it_is_parked(
    practice: Practice, stack: dict[str, Any], convert: Stubber
) -> None:
    recording = hand_over(practice, convert)
    come_back(stack, recording)
    for _ in range(3):
        with pytest.raises(Died):
            process_upload(ended(recording), NOW, work=FakeWork(before=die))
    process_upload(ended(recording), NOW, work=FakeWork(before=die))
    assert of(practice, recording).state is RecordingState.PARKED


def test_what_comes_back_for_a_recording_that_is_gone_goes_too(
    practice: Practice, stack: dict[str, Any], convert: Stubber, call_as: CallAs
) -> None:
    recording = hand_over(practice, convert)
    come_back(stack, recording)
    write = call_as().write()
    write.discard(recording_key(practice.client_id, recording.recording_id))
    write.commit()
    process_upload(ended(recording), NOW, work=FakeWork())
    assert practice.kept() == {}


MODEL: Any = botocore.session.get_session().get_service_model("mediaconvert").operation_model("CreateJob").input_shape
videos = st.builds(
    Video,
    index=st.just(0),
    codec=st.sampled_from(["h264", "hevc", "vp9", "av1"]),
    profile=st.just(""),
    pixel_format=st.just("yuv420p"),
    width=st.integers(16, 4096),
    height=st.integers(16, 2304),
    pixel_shape=st.sampled_from([Fraction(1), Fraction(4, 3), Fraction(9, 10)]),
    interlaced=st.booleans(),
    primaries=st.sampled_from(["unknown", "bt709", "bt2020", "smpte432"]),
    curve=st.sampled_from(["unknown", "smpte2084", "arib-std-b67"]),
    rotation=st.sampled_from([None, 90.0, -90.0, 180.0]),
)
RECORDING = msgspec.convert(
    {
        "recording_id": "r" * 26,
        "home": {"client_id": "c" * 26, "submission_id": "s" * 26},
        "kind": "video",
        "content_type": "video/mp4",
        "size": 1,
        "key": f"{'p' * 26}/client/{'c' * 26}/{'s' * 26}/{'r' * 26}",
        "upload_id": "u",
        "version_id": "v" * 32,
        "anew": "a" * 26,
        "at": NOW,
    },
    Recording,
)


@given(video=videos, rate=st.integers(1, 240), sound=st.booleans())
def test_whatever_is_handed_over_the_request_is_of_mediaconverts_own_model(
    video: Video, rate: int, *, sound: bool
) -> None:
    track = Track(packets=rate * 3000, end_s=3000.0, peak_rate=rate)
    contents = Contents(3000.0, video, track, LONG.audio if sound else None, LONG.audio_track if sound else Track())
    assume(elsewhere.takes(contents))
    asked = elsewhere.job(RECORDING, contents, place="s3://media/elsewhere/k/v", role=ROLE)
    assert ParamValidator().validate(asked, MODEL).generate_report() == ""
    assert list(_strange(asked, MODEL)) == []
    (group,) = asked["Settings"]["OutputGroups"]
    (output,) = group["Outputs"]
    picture = output["VideoDescription"]
    h264 = picture["CodecSettings"]["H264Settings"]
    assert max(picture["Width"], picture["Height"]) <= 1280
    assert min(picture["Width"], picture["Height"]) <= 720
    assert (h264["CodecLevel"], h264["MaxBitrate"]) == ("LEVEL_4", rules.VIDEO_BITS)
    assert ("FramerateNumerator" in h264) == rules.is_too_fast(track)
    assert ("ColorCorrector" in picture["VideoPreprocessors"]) == (video.hdr or video.wide)
    assert ("Deinterlacer" in picture["VideoPreprocessors"]) == video.interlaced
    assert ("AudioDescriptions" in output) == sound
    assert set(asked["UserMetadata"]) == {"bucket", "key", "version", "anew"}
    assert all(len(value) <= 256 for value in asked["UserMetadata"].values())


def test_the_same_upload_is_the_same_job_and_another_version_or_try_is_another() -> None:
    def token(recording: Recording) -> str:
        asked: str = elsewhere.job(recording, LONG, place="s3://a/b", role=ROLE)["ClientRequestToken"]
        return asked

    others = [msgspec.structs.replace(RECORDING, **change) for change in ({"version_id": "w"}, {"anew": "b"})]
    assert token(RECORDING) == token(RECORDING)
    assert len({token(RECORDING), *map(token, others)}) == 3


def _strange(value: Any, shape: Any) -> Iterator[str]:
    """Words that are not among those of the model: botocore itself lets them pass."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from _strange(inner, shape.members[name])
    elif shape.type_name == "list":
        for inner in value:
            yield from _strange(inner, shape.member)
    elif shape.type_name == "map":
        for inner in value.values():
            yield from _strange(inner, shape.value)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{shape.name}: {value}"


@given(of_s=st.floats(1, 7200), off=st.floats(-1, 1))
def test_half_a_second_or_a_twentieth_may_be_lost_and_no_more(of_s: float, off: float) -> None:
    limit = max(0.5, of_s * 0.05)
    assert lasts_as_long(of_s + off * limit * 0.99, of_s)
    assert not lasts_as_long(of_s + (limit * 1.01 if off >= 0 else -limit * 1.01), of_s)
