"""What is longer than one function can do is made by AWS Elemental MediaConvert, as we tell it to.

It knows no versions of objects and no rights of ours: it reads a copy of the very version that arrived, and writes
beside that copy. What it makes goes through the same processing as any upload, which looks at it, copies it within
seconds, and makes the rest (docs/decisions/0028).
"""

from pathlib import Path
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from chalicelib.foundation.aws import client
from chalicelib.foundation.ids import digest
from chalicelib.foundation.settings import settings
from chalicelib.media.intake.messages import About
from chalicelib.media.model import Recording, made_of
from chalicelib.media.processing import rules
from chalicelib.media.processing.contents import Contents
from chalicelib.media.store import files, removal

SHARE = 0.6
"""Of a function's CPU time: what is estimated to take more is handed over."""
_MADE = "made.mp4"
_GONE = frozenset({"NotFoundException", "404"})
_AUDIO_BITS = 128_000
_AUDIO_HZ = 48_000
_SLOWED = 30
_SMALLEST = 32
_PRIMING_S = 0.25
"""Encoders begin sound with some milliseconds that are never heard; more than this was cut off by someone."""


def is_there() -> bool:
    """Tell whether there is somebody to hand work over to."""
    return bool(settings().convert_role)


def takes(contents: Contents) -> bool:
    """Tell whether a file may be handed over.

    Not one that hides what its sender cut off, which would come to light; nor one that lies aslant or is tiny, which
    MediaConvert does not take (32 pixels, 2026).
    """
    video, smallest = contents.video, _SMALLEST
    if video:
        smallest = min(rules.output_size(video))
    hides = contents.video_track.hidden_packets or contents.audio_track.hidden_s > _PRIMING_S
    aslant = video is not None and video.rotation is not None and video.rotation % 90
    return not hides and not aslant and smallest >= _SMALLEST


def hand_over(recording: Recording, contents: Contents) -> str:
    """Have a recording made elsewhere and return the job's id. Asked again, it is the same job."""
    place = _place(recording)
    files.hand_over(recording.key, recording.version_id, f"{place}/source")
    asked = job(recording, contents, place=f"s3://{settings().media_bucket}/{place}", role=settings().convert_role)
    job_id: str = client("mediaconvert").create_job(**asked)["Job"]["Id"]
    return job_id


def status(job_id: str) -> str:
    """Ask what has become of a job, in MediaConvert's words; one that is not known any more is an ERROR."""
    try:
        found: str = client("mediaconvert").get_job(Id=job_id)["Job"]["Status"]
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return "ERROR"
        raise
    return found


def fetch(recording: Recording, target: Path) -> None:
    """Download what was made elsewhere. Raise botocore's ClientError where it is not there."""
    files.fetch_made(f"{_place(recording)}/{_MADE}", target)


def clear(recording: Recording) -> None:
    """Remove what was handed over, and what came back."""
    removal.remove_elsewhere(f"{made_of(recording)}/")


def _place(recording: Recording) -> str:
    return f"{files.ELSEWHERE}{made_of(recording)}"


def job(recording: Recording, contents: Contents, *, place: str, role: str) -> dict[str, Any]:
    """Say what is to be made of a file, and how: what comes back has to be what `rules` would copy.

    `place` is where the source lies, and the result is put, as an s3:// address. The token follows from the
    version of the upload and from what last took it up, so that asking twice is one job.
    """
    token = digest(f"{recording.key} {recording.version_id} {recording.anew}")
    about = About(
        bucket=settings().uploads_bucket,
        key=recording.key,
        version=recording.version_id or "",
        anew=recording.anew,
    )
    source: Any = {"FileInput": f"{place}/source", "TimecodeSource": "ZEROBASED"}
    output: Any = {
        "Extension": "mp4",
        "ContainerSettings": {
            "Container": "MP4",
            "Mp4Settings": {"MoovPlacement": "PROGRESSIVE_DOWNLOAD", "CslgAtom": "EXCLUDE", "FreeSpaceBox": "EXCLUDE"},
        },
    }
    if contents.video:
        source["VideoSelector"] = {"Rotate": "AUTO", "ColorSpace": "FOLLOW"}
        output["VideoDescription"] = _picture(contents)
    if contents.audio and contents.audio_track.packets:
        source["AudioSelectors"] = {"Audio Selector 1": {"DefaultSelection": "DEFAULT"}}
        output["AudioDescriptions"] = [_SOUND]
    group = {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {"Destination": f"{place}/made"}}
    return {
        "Role": role,
        "ClientRequestToken": token,
        "UserMetadata": msgspec.to_builtins(about),
        "StatusUpdateInterval": "SECONDS_600",
        "AccelerationSettings": {"Mode": "DISABLED"},
        "Settings": {
            "TimecodeConfig": {"Source": "ZEROBASED"},
            "Inputs": [source],
            # Encrypted as the bucket says: with the key of the stack.
            "OutputGroups": [{"Name": "File Group", "OutputGroupSettings": group, "Outputs": [output]}],
        },
    }


def _picture(contents: Contents) -> dict[str, Any]:
    video = contents.video
    if video is None:
        message = "There is no picture."
        raise ValueError(message)
    width, height = rules.output_size(video)
    if rules.is_too_fast(contents.video_track):
        rate: dict[str, Any] = {
            "FramerateControl": "SPECIFIED",
            "FramerateNumerator": _SLOWED,
            "FramerateDenominator": 1,
            "FramerateConversionAlgorithm": "DUPLICATE_DROP",
        }
    else:
        rate = {"FramerateControl": "INITIALIZE_FROM_SOURCE"}
    before: dict[str, Any] = {}
    if video.interlaced:
        before["Deinterlacer"] = {"Mode": "DEINTERLACE", "Algorithm": "INTERPOLATE", "Control": "NORMAL"}
    if video.hdr or video.wide:
        before["ColorCorrector"] = {"ColorSpaceConversion": "FORCE_709"}
    return {
        "Width": width,
        "Height": height,
        "ScalingBehavior": "STRETCH_TO_OUTPUT",  # the size has the shape of the source already
        "TimecodeInsertion": "DISABLED",
        "DropFrameTimecode": "DISABLED",
        "RespondToAfd": "NONE",
        "AfdSignaling": "NONE",
        "ColorMetadata": "INSERT",
        "VideoPreprocessors": before,
        "CodecSettings": {
            "Codec": "H_264",
            "H264Settings": {
                "CodecProfile": "HIGH",
                "CodecLevel": "LEVEL_4",
                "RateControlMode": "QVBR",
                "QvbrSettings": {"QvbrQualityLevel": 7},
                "MaxBitrate": rules.VIDEO_BITS,
                # What is asked of it beyond this costs the dearer tier.
                "QualityTuningLevel": "SINGLE_PASS",
                "InterlaceMode": "PROGRESSIVE",
                "GopSize": 2.0,
                "GopSizeUnits": "SECONDS",
                "ParControl": "SPECIFIED",
                "ParNumerator": 1,
                "ParDenominator": 1,
                "UnregisteredSeiTimecode": "DISABLED",
                **rate,
            },
        },
    }


_SOUND: Any = {
    "AudioSourceName": "Audio Selector 1",
    "CodecSettings": {
        "Codec": "AAC",
        "AacSettings": {
            "CodecProfile": "LC",
            "CodingMode": "CODING_MODE_2_0",
            "RateControlMode": "CBR",
            "Bitrate": _AUDIO_BITS,
            "SampleRate": _AUDIO_HZ,
            "RawFormat": "NONE",
            "Specification": "MPEG4",
            "AudioDescriptionBroadcasterMix": "NORMAL",
        },
    },
}
