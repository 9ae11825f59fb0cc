"""Writes the fonts beside this file: python make.py NOTO, the folder of Noto's own (Debian: fonts-noto-core). Needs fonttools.

Each holds its whole script and what is written with every script, in one weight, without hints: a file's name may have any letter.
"""

import sys
from pathlib import Path

from fontTools import subset

# Space to ~, Latin with its marks, dashes, quotes, ≤ and ≥.
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2027), 0x2039, 0x203A, 0x2264, 0x2265]
# The dandas, the joiners and the dotted circle, which every script of India uses.
SHARED = [0x0964, 0x0965, 0x200C, 0x200D, 0x25CC]
SCRIPTS = {
    "NotoSans": LATIN,
    "NotoSansDevanagari": [*range(0x0900, 0x0980), *range(0xA8E0, 0xA900)],
    "NotoSansBengali": range(0x0980, 0x0A00),
    "NotoSansGujarati": range(0x0A80, 0x0B00),
    "NotoSansTamil": range(0x0B80, 0x0C00),
    "NotoSansTelugu": range(0x0C00, 0x0C80),
    "NotoSansKannada": range(0x0C80, 0x0D00),
}


def main(noto: Path) -> None:
    for name, letters in SCRIPTS.items():
        options = subset.Options(hinting=False, layout_features=["*"], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True)
        font = subset.load_font(noto / f"{name}-Regular.ttf", options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=letters if letters is LATIN else [*letters, *SHARED, 0x20, 0xA0])
        subsetter.subset(font)
        subset.save_font(font, Path(__file__).with_name(f"{name}.ttf"), options)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
