"""Makes films for measurements of archives out of the demo films: each is another crop of one, coded anew.

    python films.py COUNT OUT             JPEG, as large as the demo films are
    python films.py COUNT OUT --dicom     DICOM of 10 MB: 16 bits, 2,236 x 2,236, not compressed
"""

import argparse
import struct
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from PIL import Image

FILMS = Path(__file__).parents[2] / "www/films"
DEMO = sorted(film for film in FILMS.glob("*.jpeg") if film.name != "thumbnails.jpeg")
SIDE = 2236


def crop(number: int) -> Image.Image:
    """A demo film without up to 8 pixels at two of its sides."""
    film = Image.open(DEMO[number % len(DEMO)]).convert("L")
    variation = number // len(DEMO)
    left, top = variation % 9, variation // 9 % 9
    return film.crop((left, top, film.width, film.height))


def element(group: int, number: int, representation: str, value: bytes) -> bytes:
    """An element of a data set in explicit VR, little endian."""
    tag = struct.pack("<HH", group, number) + representation.encode()
    if representation in ("OB", "OW"):
        return tag + struct.pack("<HI", 0, len(value)) + value
    value += b"\0" * (len(value) % 2)
    return tag + struct.pack("<H", len(value)) + value


def dicom(film: Image.Image, number: int) -> bytes:
    """The film as a digital X-ray image."""
    identifier = f"1.2.826.0.1.3680043.8.498.{number + 1}".encode()
    short = partial(struct.pack, "<H")
    image_class, syntax = b"1.2.840.10008.5.1.4.1.1.1.1", b"1.2.840.10008.1.2.1"
    grey = film.resize((SIDE, SIDE), Image.Resampling.BICUBIC).tobytes()
    pixels = bytearray(2 * len(grey))
    pixels[::2], pixels[1::2] = grey.translate(bytes(it << 4 & 255 for it in range(256))), grey.translate(bytes(it >> 4 for it in range(256)))
    head = element(2, 2, "UI", image_class) + element(2, 3, "UI", identifier) + element(2, 0x10, "UI", syntax)
    head = element(2, 0, "UL", struct.pack("<I", len(head))) + head
    data = [
        element(8, 0x16, "UI", image_class), element(8, 0x18, "UI", identifier), element(8, 0x60, "CS", b"DX"),
        element(0x28, 2, "US", short(1)), element(0x28, 4, "CS", b"MONOCHROME2"),
        element(0x28, 0x10, "US", short(SIDE)), element(0x28, 0x11, "US", short(SIDE)),
        element(0x28, 0x100, "US", short(16)), element(0x28, 0x101, "US", short(12)), element(0x28, 0x102, "US", short(11)),
        element(0x28, 0x103, "US", short(0)), element(0x7FE0, 0x10, "OW", bytes(pixels)),
    ]  # fmt: skip
    return b"\0" * 128 + b"DICM" + head + b"".join(data)


def make(out: Path, as_dicom: bool, number: int) -> None:
    if as_dicom:
        (out / f"{number:05}.dcm").write_bytes(dicom(crop(number), number))
    else:
        crop(number).save(out / f"{number:05}.jpeg", quality=85 + number % 10)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dicom", action="store_true")
    given = parser.parse_args()
    given.out.mkdir(parents=True)
    with ProcessPoolExecutor() as processes:
        list(processes.map(partial(make, given.out, given.dicom), range(given.count), chunksize=16))
    return 0


if __name__ == "__main__":
    sys.exit(main())
