"""The packets of a file without decoding them: how long it really is, and what a copy of it would carry."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

_KEY = 0x1
_DISCARD = 0x4
_FIELDS = 6
_WINDOW_S = 10
_NO_TIME = -(2**63)
_LONGEST_INT = 2**62


@dataclass(frozen=True, slots=True)
class Track:
    """One stream, measured in seconds and bytes.

    Hidden packets, which lie outside what the sender kept when trimming, count for nothing but
    `hidden_packets` and `hidden_s`. `peak_rate` is the largest number of packets that begin within one
    second, and `peak_bytes` the most that begin within ten. `one_setup` is false when the picture's size or
    coding changes on the way. `times_ms` is when each packet is shown, in order, and `keys_ms` the same of those
    that can be decoded by themselves.
    """

    packets: int = 0
    start_s: float = 0
    end_s: float = 0
    longest_gap_s: float = 0
    peak_rate: int = 0
    payload_bytes: int = 0
    peak_bytes: int = 0
    hidden_packets: int = 0
    hidden_s: float = 0
    starts_on_key: bool = False
    one_setup: bool = True
    times_ms: tuple[int, ...] = ()
    keys_ms: tuple[int, ...] = ()

    @property
    def duration_s(self) -> float:
        """From the first moment to the last."""
        return self.end_s - self.start_s

    @property
    def mean_rate(self) -> float:
        """Packets a second."""
        return self.packets / self.duration_s if self.duration_s > 0 else 0

    @property
    def bits_per_second(self) -> float:
        """Of the payload, over the whole duration or the heaviest ten seconds of it: whichever is more."""
        whole = self.payload_bytes / self.duration_s if self.duration_s > 0 else 0
        return 8 * max(whole, self.peak_bytes / _WINDOW_S)


@dataclass(slots=True)
class _Tally:
    unit: Fraction = Fraction(1, 1000)
    times: array[int] = field(default_factory=lambda: array("q"))
    keys: array[int] = field(default_factory=lambda: array("q"))
    last_duration: int = 0
    sizes: array[int] = field(default_factory=lambda: array("q"))
    hidden_packets: int = 0
    hidden: int = 0
    starts_on_key: bool = False
    setup: str | None = None
    one_setup: bool = True


def read_tracks(lines: Iterable[str]) -> dict[int, Track]:
    """The tracks, by their place in the output, in a list that ffmpeg's `framecrc` muxer wrote.

    Never raises: a line that is not a packet is passed over, as is one cut off in the middle.
    """
    tallies: dict[int, _Tally] = {}
    for line in lines:
        if line.startswith("#tb "):
            _read_unit(line, tallies)
        elif not line.startswith("#"):
            _read_packet(line, tallies)
    return {place: _measure(tally) for place, tally in tallies.items()}


def _read_unit(line: str, tallies: dict[int, _Tally]) -> None:
    place, _, unit = line.removeprefix("#tb ").partition(": ")
    try:
        tallies[int(place)] = _Tally(Fraction(unit.strip()))
    except (ValueError, ZeroDivisionError):
        return


def _read_packet(line: str, tallies: dict[int, _Tally]) -> None:
    fields = line.split(",", _FIELDS)
    if len(fields) < _FIELDS:
        return
    flags = _KEY
    try:
        place, dts, pts, duration, size = map(int, fields[:5])
        # Most packets of sound end here: only what is unlike a plain key packet says more.
        more = fields[_FIELDS] if len(fields) > _FIELDS else ""
        if "F=" in more:
            flags = int(more.split(",", 1)[0].strip().removeprefix("F="), 16)
    except ValueError:
        return
    tally = tallies.get(place)
    time = dts if pts == _NO_TIME else pts
    if tally is None or not -_LONGEST_INT < time < _LONGEST_INT:
        return
    duration = max(0, min(duration, _LONGEST_INT))
    _read_setup(more, tally)
    if flags & _DISCARD:
        tally.hidden_packets += 1
        tally.hidden += duration
        return
    if not tally.times:
        tally.starts_on_key = bool(flags & _KEY)
    tally.times.append(time)
    if flags & _KEY:
        tally.keys.append(time)
    tally.sizes.append(max(0, min(size, _LONGEST_INT)))
    tally.last_duration = duration


def _read_setup(more: str, tally: _Tally) -> None:
    # A list of H.264 has it with every key picture (`probe`), any other one where it changes.
    _, mark, setup = more.partition("New Extradata")
    if tally.setup is None:
        tally.setup = setup
    elif mark and setup != tally.setup:
        tally.one_setup = False


def _measure(tally: _Tally) -> Track:
    hidden_s = float(tally.hidden * tally.unit)
    if not tally.times:
        return Track(hidden_packets=tally.hidden_packets, hidden_s=hidden_s, one_setup=tally.one_setup)
    shown = sorted(zip(tally.times, tally.sizes, strict=True))
    times = [time for time, _ in shown]
    second = max(1, int(1 / tally.unit))
    peak_rate = _peak([(time, 1) for time in times], second)
    peak_bytes = _peak(shown, _WINDOW_S * second)
    # Where pictures are stored in another order than they are shown, the duration of each but the last to be decoded
    # says when the next is decoded, and nothing about how long it is shown.
    end = times[-1] + tally.last_duration
    if end == times[-1] and len(times) > 1:
        # The last packet of a live recording says nothing about its length: as long as the others.
        end += (times[-1] - times[0]) // (len(times) - 1)
    gap = max((later - earlier for earlier, later in pairwise(times)), default=0)
    return Track(
        packets=len(times),
        start_s=float(times[0] * tally.unit),
        end_s=float(end * tally.unit),
        longest_gap_s=float(gap * tally.unit),
        peak_rate=peak_rate,
        payload_bytes=sum(tally.sizes),
        peak_bytes=peak_bytes,
        hidden_packets=tally.hidden_packets,
        hidden_s=hidden_s,
        starts_on_key=tally.starts_on_key,
        one_setup=tally.one_setup,
        times_ms=_in_ms(times, tally.unit),
        keys_ms=_in_ms(sorted(tally.keys), tally.unit),
    )


def _in_ms(times: Iterable[int], unit: Fraction) -> tuple[int, ...]:
    up, down = 1000 * unit.numerator, unit.denominator
    return tuple((2 * time * up + down) // (2 * down) for time in times)


def _peak(amounts: list[tuple[int, int]], window: int) -> int:
    """The most of the amounts, each at its time, that fall within one window."""
    peak = within = first = 0
    for time, amount in amounts:
        within += amount
        while time - amounts[first][0] >= window:
            within -= amounts[first][1]
            first += 1
        peak = max(peak, within)
    return peak
