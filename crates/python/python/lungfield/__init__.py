"""Children's chest X-ray films read for signs of pneumonia, with the numbers of the ``lungfield`` command.

    from lungfield import Reader

    reading = Reader().read("film.jpeg")
    print(reading["outcome"], reading["probability"])

It supports a reader; it does not diagnose. Built for films of children of 1 to 5 years. ``lungfield.ray`` and
``lungfield.spark`` read whole archives.
"""

from ._lungfield import Archive, Error, Reader

__all__ = ["Archive", "Error", "Reader"]
