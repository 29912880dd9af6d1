"""Whether something inside a file could not be read or decoded, by what ffmpeg says while it works."""

import re

# The count of a decoder at its end, a picture that it had to patch, and what the readers of containers say when they
# lose their place. Decoders complain of honest files too (a clip that a phone trimmed begins without the pictures
# that its first ones refer to): those words stand here for nothing.
_SIGNS = re.compile(
    r"; [1-9]\d* decode errors"
    r"|corrupt decoded frame"
    r"|corrupt input packet"
    r"|\] Packet corrupt "
    r"|: partial file"
    r"|File ended prematurely"
    r"|invalid as first byte of an EBML number"
    r"|indicated by an EBML number's first byte"
    r"|exceeds containing master element"
    r"|\] Invalid track number "
    r"|CRC mismatch!"
    # A copy leaves out what is no H.264.
    r"|\[filter_units @ [^]]*\] Failed to read packet"
)

# The decoder of HEVC drops what it cannot make out and counts no error. It also drops, at the beginning of a clip
# that was cut out of a longer one, pictures that refer to what is not there: a handful, as many as stand between two
# others (RASL pictures, ITU-T H.265, 2024, 3.133).
_HEVC = "(hevc (native) -> "
_READ = re.compile(r"\(video\): (\d+) packets read \(\d+ bytes\); (\d+) frames decoded")
_CUT_OUT = 8


def is_damaged(said: str) -> bool:
    """Whether `said`, the report of a run of ffmpeg at `-loglevel verbose`, tells of damage.

    A run that only lists packets tells of what its reader missed; one that decodes, of the rest too.
    """
    return _SIGNS.search(said) is not None or (_HEVC in said and _lost(said) > _CUT_OUT)


def _lost(said: str) -> int:
    return max((int(packets) - int(pictures) for packets, pictures in _READ.findall(said)), default=0)
