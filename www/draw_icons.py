"""Draws icon.svg as the PNG files that the web manifest names. Python's standard library is enough.

    python3 www/draw_icons.py

It knows the shapes that icon.svg uses: rect with rx, circle, and path with M, C and Z in absolute coordinates.
"""

import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from math import cos, pi, sin
from pathlib import Path

ICONS = Path(__file__).parent / "icons"
VIEW = 32.0
SAMPLES = 4  # a side of each pixel, against jagged edges
STEPS = 24  # line segments for each curve


def rect(element):
    x, y, width, height, radius = (float(element.get(name)) for name in ("x", "y", "width", "height", "rx"))
    corners = [(x + width - radius, y + radius, -90), (x + width - radius, y + height - radius, 0),
               (x + radius, y + height - radius, 90), (x + radius, y + radius, 180)]
    return [(cx + radius * cos((start + 90 * i / STEPS) * pi / 180), cy + radius * sin((start + 90 * i / STEPS) * pi / 180))
            for cx, cy, start in corners for i in range(STEPS + 1)]


def circle(element):
    cx, cy, radius = (float(element.get(name)) for name in ("cx", "cy", "r"))
    return [(cx + radius * cos(2 * pi * i / (4 * STEPS)), cy + radius * sin(2 * pi * i / (4 * STEPS))) for i in range(4 * STEPS)]


def path(element):
    points = []
    for command, numbers in re.findall(r"([MCZ])([^MCZ]*)", element.get("d")):
        values = [float(number) for number in numbers.split()]
        if command == "M":
            points.append(tuple(values))
        elif command == "C":
            (x0, y0), (x1, y1, x2, y2, x3, y3) = points[-1], values
            for i in range(1, STEPS + 1):
                t, u = i / STEPS, 1 - i / STEPS
                points.append((u**3 * x0 + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t**3 * x3,
                               u**3 * y0 + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t**3 * y3))
    return points


SHAPES = {"rect": rect, "circle": circle, "path": path}


def spans(points, y):
    """The stretches of the line at height y that lie inside the polygon."""
    crossings = sorted(
        x0 + (y - y0) * (x1 - x0) / (y1 - y0)
        for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1])
        if (y0 <= y) != (y1 <= y)
    )
    return zip(crossings[::2], crossings[1::2])


def draw(size, shapes, scale):
    """RGBA rows of `size` pixels a side; `scale` shrinks the drawing towards the middle."""
    side = size * SAMPLES
    rows = [[bytes(4)] * side for _ in range(side)]
    to_pixel = lambda v: (VIEW / 2 + (v - VIEW / 2) * scale) * side / VIEW
    for points, colour in shapes:
        points = [(to_pixel(x), to_pixel(y)) for x, y in points]
        for y, row in enumerate(rows):
            for left, right in spans(points, y + 0.5):
                first, last = max(0, round(left)), min(side, round(right))
                row[first:last] = [colour] * (last - first)
    return [b"".join(mean(rows, x, y) for x in range(size)) for y in range(size)]


def mean(rows, x, y):
    samples = [rows[y * SAMPLES + j][x * SAMPLES + i] for j in range(SAMPLES) for i in range(SAMPLES)]
    covered = [sample for sample in samples if sample[3]]
    if not covered:
        return bytes(4)
    colour = bytes(sum(sample[c] for sample in covered) // len(covered) for c in range(3))
    return colour + bytes([255 * len(covered) // len(samples)])


def png(rows):
    size = len(rows)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def main():
    shapes = []
    for element in ElementTree.parse(ICONS / "icon.svg").getroot():
        name = element.tag.rpartition("}")[2]
        shapes.append((SHAPES[name](element), bytes.fromhex(element.get("fill")[1:]) + b"\xff"))
    ground = shapes[0][1]
    # A launcher may cut a maskable icon down to its middle 80 %: the ground fills all of it, the drawing stays inside.
    everywhere = [(-VIEW, -VIEW), (2 * VIEW, -VIEW), (2 * VIEW, 2 * VIEW), (-VIEW, 2 * VIEW)]
    for name, size, drawing, scale in [
        ("icon-192.png", 192, shapes, 1.0),
        ("icon-512.png", 512, shapes, 1.0),
        ("icon-maskable-512.png", 512, [(everywhere, ground), *shapes[1:]], 0.85),
    ]:
        (ICONS / name).write_bytes(png(draw(size, drawing, scale)))


if __name__ == "__main__":
    main()
