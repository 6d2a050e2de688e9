"""Pictures against pictures. Two measures, each with its tolerance:

`same`: two paintings of the same triangles, which may differ by the rounding of a graphics driver;
`alike`: two rasterisers' pictures of the same lines of text, which differ in the grey of edges but not in shapes.
"""

from dataclasses import dataclass

import numpy

# A pixel counts as different when a channel is more than this away (of 255) …
STEP = 4
# … and of a thousand pixels no more than this many may be, nor may the mean difference of all channels exceed MEAN.
PER_MILLE = 0.1
MEAN = 0.10

# A line's ink may begin and end this many pixels elsewhere, on each side.
BOX = 2
# How much two pictures of a line, a little blurred, must go together: 1 is the same, 0 is chance.
LIKENESS = 0.95
# How much more or less ink, as a share.
INK = 0.08
# What counts as ink, from paper 0 to ink 1.
DARK = 0.35


@dataclass
class Difference:
    """How two pictures of the same thing differ."""

    per_mille: float
    mean: float
    largest: int
    where: tuple

    def holds(self):
        return self.per_mille <= PER_MILLE and self.mean <= MEAN

    def __str__(self):
        return (
            f"{self.per_mille:.3f} ‰ of the pixels differ by more than {STEP}/255 (at most {PER_MILLE:g} ‰), "
            f"mean {self.mean:.4f}/255 (at most {MEAN:g}), largest {self.largest}/255, within {self.where}"
        )


def same(left, right, masks=()):
    """How two pictures of one size differ, outside the rectangles `masks`."""
    if left.size != right.size:
        return Difference(1000.0, 255.0, 255, (0, 0, *left.size))
    apart = numpy.abs(numpy.asarray(left, dtype=numpy.int16) - numpy.asarray(right, dtype=numpy.int16))
    for x0, y0, x1, y1 in masks:
        apart[round(y0):round(y1), round(x0):round(x1)] = 0
    worst = apart.max(axis=2)
    rows, columns = numpy.nonzero(worst > STEP)
    box = (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1) if len(rows) else ()
    return Difference(float((worst > STEP).mean() * 1000), float(apart.mean()), int(worst.max()), box)


def darkness(picture, paper, ink):
    """How much ink each pixel holds, from 0 (paper) to 1."""
    grey = numpy.asarray(picture.convert("L"), dtype=numpy.float64)

    def level(colour):
        return colour[0] * 0.299 + colour[1] * 0.587 + colour[2] * 0.114

    return numpy.clip((level(paper) - grey) / (level(paper) - level(ink)), 0.0, 1.0)


def blurred(band):
    """Each pixel as the mean of the three by three around it."""
    edge = numpy.pad(band, 1)
    height, width = band.shape
    return sum(edge[y:y + height, x:x + width] for y in range(3) for x in range(3)) / 9.0


def ink_box(band):
    """Left, top, right, bottom of the ink of one line; None without ink."""
    rows, columns = numpy.nonzero(band > DARK)
    if not len(rows):
        return None
    return (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


def likeness(left, right):
    """The correlation of two blurred lines."""
    left, right = blurred(left).ravel(), blurred(right).ravel()
    left, right = left - left.mean(), right - right.mean()
    scale = numpy.sqrt((left * left).sum() * (right * right).sum())
    return float((left * right).sum() / scale) if scale else 1.0


def alike(left, right, lines):
    """The faults of `left` against `right`, both arrays of darkness, one sentence for each line that differs, and the
    worst figures of the lines that do not. `lines` gives the top and bottom of each line in pixels."""
    faults, worst = [], {"likeness": 1.0, "box": 0, "ink": 0.0}
    for number, (top, bottom) in enumerate(lines):
        one, other = left[top:bottom], right[top:bottom]
        boxes = ink_box(one), ink_box(other)
        if boxes[0] is None or boxes[1] is None:
            if boxes[0] is not boxes[1]:
                faults.append(f"line {number}: ink on one side only, {boxes}")
            continue
        apart = max(abs(a - b) for a, b in zip(*boxes))
        together = likeness(one, other)
        more = abs(one.sum() / other.sum() - 1.0)
        worst["likeness"] = min(worst["likeness"], together)
        worst["box"] = max(worst["box"], apart)
        worst["ink"] = max(worst["ink"], more)
        if apart > BOX:
            faults.append(f"line {number}: the ink's box is {boxes[0]}, not {boxes[1]}")
        if together < LIKENESS:
            faults.append(f"line {number}: likeness {together:.3f}, at least {LIKENESS:g}")
        if more > INK:
            faults.append(f"line {number}: {more:.1%} more or less ink, at most {INK:.0%}")
    return faults, worst
