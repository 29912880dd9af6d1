"""A picture and a printable sheet for the demo's library, drawn here."""

import struct
import zlib
from pathlib import Path

import typst

from demo.drawing import Canvas

_WIDTH, _HEIGHT = 800, 600


def mouth_picture(folder: Path) -> Path:
    """Draw a child that says sh, as a PNG."""
    canvas = Canvas(_WIDTH, _HEIGHT, (0xE3, 0xED, 0xE6))
    canvas.disc((400, 320), 250, (0xF0, 0xF4, 0xEE))
    canvas.bar((400, 700), (400, 620), 190, (0xC9, 0x66, 0x3F))
    canvas.bar((400, 280), (400, 330), 125, (0xD0, 0x99, 0x74))
    canvas.bar((325, 195), (475, 195), 62, (0x4A, 0x2E, 0x24))
    for side in (345, 455):
        canvas.disc((side, 300), 11, (0x35, 0x24, 0x1E))
    canvas.disc((400, 385), 30, (0x8A, 0x3F, 0x2B))
    canvas.disc((400, 385), 15, (0x5A, 0x26, 0x1A))
    canvas.bar((400, 520), (400, 410), 16, (0xBD, 0x86, 0x62))
    for across, sage in ((600, (0x25, 0x63, 0x5A)), (640, (0x5F, 0x91, 0x84)), (680, (0x9A, 0xBA, 0xB2))):
        canvas.bar((across, 350), (across, 420), 7, sage)
    file = folder / "sh.png"
    file.write_bytes(_png(canvas.to_bytes()))
    return file


def word_sheet(folder: Path) -> Path:
    """Set the five words as a page to print, as a PDF."""
    source = folder / "words.typ"
    words = "ship", "shoe", "shell", "fish", "dish"
    lines = "\n".join(f"#block(below: 28pt)[{word.replace('sh', '#strong[sh]')}]" for word in words)
    source.write_text(
        f'#set document(title: "Five words")\n#set page("a4", margin: 3cm)\n#set text(size: 44pt)\n{lines}\n'
    )
    file = folder / "words.pdf"
    typst.compile(source, output=file)
    return file


def _png(pixels: bytes) -> bytes:
    """Pack RGB rows as PNG (ISO/IEC 15948:2004): no filter, one IDAT."""
    stride = _WIDTH * 3
    rows = b"".join(b"\0" + pixels[at : at + stride] for at in range(0, len(pixels), stride))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
