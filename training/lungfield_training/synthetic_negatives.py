"""Pictures that are no chest films, made up or cut from volumes: part of what the gate learns to turn away.

Photographs and films of other body parts have to be found; these can be made by anybody. Volumes are CT or MR scans of
heads and the like, as NIfTI (``.nii.gz``) or InVesalius (``.inv3``), of which Debian has some in ``mricron-data`` and
``invesalius-examples``. Slices stand for CT and MR pictures, projections of a CT for radiographs of other body parts.
"""

import gzip
import io
import plistlib
import struct
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE = 320
# CT windows in Hounsfield units: everything, soft tissue, bone.
WINDOWS = ((-1000, 1000), (-100, 250), (-200, 1500))
NIFTI_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2"}
SENTENCE = "the quick reading of a chart needs a table of 12 rows and 34 columns on page 56 signed by the ward".split()


def write_negatives(out: Path, volumes: list[Path], count: int, seed: int) -> int:
    """Writes ``count`` pictures of each made-up kind and the slices of every volume, each kind in its folder."""
    generator = np.random.default_rng(seed)
    kinds = {name: [make(generator, i) for i in range(count)] for name, make in MADE_UP.items()}
    for path in volumes:
        volume, is_ct = read_volume(path)
        kinds.setdefault("ct" if is_ct else "mr", []).extend(slices(volume, is_ct))
        if is_ct:
            kinds.setdefault("projection", []).extend(projections(volume))
    for name, pictures in kinds.items():
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        for i, picture in enumerate(pictures):
            as_picture(picture).save(folder / f"{i:04d}.png")
    return sum(map(len, kinds.values()))


def as_picture(grey) -> Image.Image:
    return grey if isinstance(grey, Image.Image) else Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def stretched(values: np.ndarray) -> np.ndarray:
    """To 0..255."""
    low, high = float(values.min()), float(values.max())
    return (values - low) * (255 / max(high - low, 1e-6))


def blank(generator: np.random.Generator, i: int) -> np.ndarray:
    """One grey with a little noise, or a ramp."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    if i % 2:
        return np.full((SIZE, SIZE), generator.uniform(0, 255)) + generator.normal(0, generator.uniform(0, 4), (SIZE, SIZE))
    angle, centre = generator.uniform(0, 2 * np.pi), generator.uniform(0, 1, 2)
    return stretched(x * np.cos(angle) + y * np.sin(angle) if i % 4 else np.hypot(x - centre[0], y - centre[1]))


def noise(generator: np.random.Generator, i: int) -> Image.Image:
    """Noise from fine to clouds."""
    grain = Image.fromarray(generator.integers(0, 256, (SIZE, SIZE), dtype=np.uint8))
    grain = grain.filter(ImageFilter.GaussianBlur(generator.uniform(0, 30) if i % 3 else 0))
    return as_picture(stretched(np.asarray(grain, dtype=np.float32)) * generator.uniform(0.3, 1))


def shapes(generator: np.random.Generator, i: int) -> Image.Image:
    """Some ellipses and rectangles."""
    picture = Image.new("L", (SIZE, SIZE), int(generator.integers(256)))
    draw = ImageDraw.Draw(picture)
    for _ in range(int(generator.integers(1, 16))):
        box = np.sort(generator.integers(0, SIZE, (2, 2)), 0).flatten().tolist()
        (draw.ellipse if generator.random() < 0.5 else draw.rectangle)(box, fill=int(generator.integers(256)))
    return picture


def document(generator: np.random.Generator, i: int) -> Image.Image:
    """A page or a screen: lines of words, a table, dark on bright or the reverse."""
    width = int(generator.integers(400, 1000))
    height = int(width * generator.uniform(0.6, 1.6))
    dark = generator.random() < 0.3
    paper, ink = (30, 220) if dark else (int(generator.integers(200, 256)), int(generator.integers(0, 90)))
    picture = Image.new("L", (width, height), paper)
    draw, size, y = ImageDraw.Draw(picture), int(generator.integers(10, 40)), 20
    while y < height - 20:
        words = generator.choice(SENTENCE, int(generator.integers(1, 3 + width // (size * 3))))
        draw.text((int(generator.integers(5, 60)), y), " ".join(words), fill=ink, font=ImageFont.load_default(size))
        y += int(size * generator.uniform(1.1, 2.2))
        if generator.random() < 0.1:
            for x in range(20, width - 20, 60):
                draw.rectangle([x, y, x + 60, y + 2 * size], outline=ink)
            y += 3 * size
    return picture


def chart(generator: np.random.Generator, i: int) -> Image.Image:
    """Bars or curves between axes."""
    picture = Image.new("L", (SIZE, SIZE), 255)
    draw = ImageDraw.Draw(picture)
    draw.line([30, 10, 30, SIZE - 30, SIZE - 10, SIZE - 30], fill=0, width=2)
    if i % 2:
        for x in range(40, SIZE - 30, 30):
            draw.rectangle([x, int(generator.integers(20, SIZE - 40)), x + 20, SIZE - 30], fill=int(generator.integers(200)))
    else:
        for _ in range(int(generator.integers(1, 4))):
            heights = 150 + generator.normal(0, 9, SIZE - 40).cumsum()
            draw.line([(30 + x, float(h)) for x, h in enumerate(heights)], fill=int(generator.integers(150)), width=2)
    return picture


MADE_UP = {"blank": blank, "noise": noise, "shapes": shapes, "document": document, "chart": chart}


def read_volume(path: Path) -> tuple[np.ndarray, bool]:
    """A scan as f32 [slices, rows, columns], head up, and whether it is CT in Hounsfield units."""
    if path.name.endswith(".inv3"):
        with tarfile.open(path) as archive:
            named = {Path(member.name).name: member for member in archive.getmembers()}
            about = plistlib.load(io.BytesIO(archive.extractfile(named["main.plist"]).read()))
            matrix = archive.extractfile(named[about["matrix"]["filename"]]).read()
        volume = np.frombuffer(matrix, about["matrix"]["dtype"]).reshape(about["matrix"]["shape"])
        return volume.astype(np.float32), about["modality"] == "CT"
    raw = gzip.decompress(path.read_bytes())
    (length,) = struct.unpack_from("<i", raw, 0)
    if length != 348:
        raise ValueError(f"{path}: no little-endian NIfTI file")
    shape = struct.unpack_from("<8h", raw, 40)[1:4]
    kind, offset = struct.unpack_from("<h", raw, 70)[0], int(struct.unpack_from("<f", raw, 108)[0])
    if kind not in NIFTI_TYPES:
        raise ValueError(f"{path}: NIfTI data type {kind} is not read here")
    values = np.frombuffer(raw, "<" + NIFTI_TYPES[kind], int(np.prod(shape)), offset)
    return values.reshape(shape[::-1]).astype(np.float32)[::-1, ::-1], False


def slices(volume: np.ndarray, is_ct: bool) -> list[Image.Image]:
    """Slices from the middle half along each axis; of a CT in several windows."""
    pictures = []
    for axis in range(3):
        for nth, at in enumerate(np.linspace(0.25, 0.75, 24) * (volume.shape[axis] - 1)):
            plane = np.take(volume, int(at), axis)
            low, high = WINDOWS[nth % 3] if is_ct else (0, np.quantile(volume, 0.998))
            pictures.append(as_picture((plane - low) * (255 / max(high - low, 1e-6))).resize((SIZE, SIZE)))
    return pictures


def projections(volume: np.ndarray, every: int = 12) -> list[Image.Image]:
    """A CT projected along the rows of its slices, as a radiograph would, from all around."""
    dense = np.clip(volume + 1000, 0, None)
    pictures = []
    for angle in range(0, 360, every):
        shadow = np.stack([np.asarray(Image.fromarray(plane).rotate(angle, resample=2)).sum(0) for plane in dense])
        film = np.clip(shadow / np.quantile(shadow, 0.997), 0, 1) ** (0.8 if angle % (2 * every) else 1.3)
        pictures.append(as_picture(film[::-1] * 255).resize((SIZE, SIZE)))
    return pictures
