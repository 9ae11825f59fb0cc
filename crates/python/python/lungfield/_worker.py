"""A process of :class:`lungfield.Archive`: films in on standard input, answers out on standard output."""

import sys

from lungfield import Reader

if __name__ == "__main__":
    max_seconds, manifest_sha256, model_dir, site = sys.argv[1:]
    reader = Reader(model_dir or None, manifest_sha256, site.encode() if site else None)
    reader._serve(float(max_seconds))  # type: ignore[attr-defined]
