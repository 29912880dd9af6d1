"""Just enough drawing for the clips: discs and bars with round ends, in plain RGB."""

import math

type Colour = tuple[int, int, int]
type Point = tuple[float, float]


class Canvas:
    """A picture of `width` × `height` pixels; what lies outside is cut off."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        """Begin with nothing but `ground`."""
        self._width = width
        self._height = height
        self._pixels = bytearray(bytes(ground) * (width * height))

    def copy(self) -> "Canvas":
        """Another canvas with the same picture."""
        twin = Canvas(self._width, 0, (0, 0, 0))
        twin._height = self._height
        twin._pixels = self._pixels[:]
        return twin

    def to_bytes(self) -> bytes:
        """The rows from top to bottom, three bytes a pixel."""
        return bytes(self._pixels)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        """A filled circle."""
        self.bar(centre, centre, radius, colour)

    def bar(self, start: Point, end: Point, radius: float, colour: Colour) -> None:
        """A thick line with round ends. It is convex, so each row of it is one run of pixels."""
        top = max(0, math.ceil(min(start[1], end[1]) - radius))
        bottom = min(self._height - 1, math.floor(max(start[1], end[1]) + radius))
        for row in range(top, bottom + 1):
            edges = [*_disc_edges(start, radius, row), *_disc_edges(end, radius, row)]
            edges += _side_edges(start, end, radius, row)
            if edges:
                self._fill(row, min(edges), max(edges), colour)

    def _fill(self, row: int, left: float, right: float, colour: Colour) -> None:
        first, last = max(0, round(left)), min(self._width - 1, round(right))
        if first <= last:
            begin = (row * self._width + first) * 3
            self._pixels[begin : begin + (last - first + 1) * 3] = bytes(colour) * (last - first + 1)


def _disc_edges(centre: Point, radius: float, row: int) -> list[float]:
    away = row - centre[1]
    if abs(away) > radius:
        return []
    half = math.sqrt(radius * radius - away * away)
    return [centre[0] - half, centre[0] + half]


def _side_edges(start: Point, end: Point, radius: float, row: int) -> list[float]:
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    length = math.hypot(along_x, along_y)
    if not length or not along_y:
        return []
    edges = []
    for side in (-radius, radius):
        x, y = start[0] - along_y / length * side, start[1] + along_x / length * side
        share = (row - y) / along_y
        if 0 <= share <= 1:
            edges.append(x + share * along_x)
    return edges
