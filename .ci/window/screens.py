"""The real window against two other pictures: the processor's painting of the same window, which the tests of
`tests/window` leave in `target/tmp/pictures`, and Chromium's picture of the same text.
"""

import numpy
from PIL import Image

import chromium
import compare
from desktop import HEIGHT, Failure
from hashiya import Hashiya, layout, title_paragraph

# Where the pointer rests: on nothing that lights up.
AWAY = (2, HEIGHT - 2)

# How much larger than the text the reading view sets a document's title; it is bold, too.
TITLE = 1.22

# Zero-width non-joiner: breaks the joining of the letters around it.
NON_JOINER = "\u200c"


def pictures(desktop, binary, home, seeds, painted, results, paper, ink):
    """Both comparisons on every seed. Prints the figures and raises a Failure when one does not hold."""
    faults = []
    files = sorted(seeds.glob("*.txt"))
    with Hashiya(desktop, binary, home, seeds) as window:
        window.opened(len(files))
        for number, file in enumerate(files):
            left, top, right, bottom = window.probe()["documents"][number]
            desktop.click((left + right) / 2, (top + bottom) / 2)
            desktop.move(*AWAY)
            title = file.read_text(encoding="utf-8").strip().splitlines()[0].strip()
            window.wait(f"«{title}»", lambda p, title=title: p["document"] == title)
            probe = window.settled()
            screen = desktop.picture()
            screen.save(results / f"{file.stem}-screen.png")
            faults += with_painted(screen, painted / f"{file.stem}.png", file.stem)
            if number == 0:
                faults += unseen_shift(screen, probe)
            faults += with_chromium(screen, probe, binary, home, file, results, paper, ink, self_check=number == 0)
        window.leave()
    if faults:
        raise Failure("\n   ".join(["the pictures differ:", *faults]))


def with_painted(screen, file, name):
    """The screenshot against the processor's painting."""
    if not file.exists():
        return [f"{name}: the tests left no picture at {file}"]
    difference = compare.same(screen, Image.open(file).convert("RGB"))
    print(f"   {name}: window and processor: {difference}")
    return [] if difference.holds() else [f"{name}: window and processor: {difference}"]


def unseen_shift(screen, probe):
    """A deliberate fault: one word of the second line in view, a pixel to the left. The first comparison must see it."""
    left, top, right, bottom = (round(side) for side in probe["lines"][1]["rect"])
    word = (right - 60, top, right, bottom)
    moved = screen.copy()
    moved.paste(screen.crop(word), (word[0] - 1, word[1]))
    difference = compare.same(screen, moved)
    noticed = not difference.holds()
    print(f"   deliberate fault, a word 1 px to the left: {'noticed' if noticed else 'MISSED'}: {difference}")
    return [] if noticed else ["the comparison does not notice a word that stands 1 px to the left"]


def with_chromium(screen, probe, binary, home, file, results, paper, ink, self_check):
    """The reading column of the screenshot against Chromium's picture of the same paragraphs."""
    left, top, right, bottom = (round(side) for side in probe["reading"])
    text_size, title = probe["text_size"] * probe["scale"], title_paragraph(probe)
    raw = file.read_text(encoding="utf-8").encode()
    directions = {
        one["start"]: one["direction"] for one in layout(binary, home, file, text_size, right - left)
    }
    starts = [0]
    starts += [i + 1 for i, byte in enumerate(raw) if byte == 10]
    paragraphs, lines = [], []
    for line in probe["lines"]:
        number = line["paragraph"]
        bold = number == title
        if line["start"] == starts[number]:
            end = starts[number + 1] - 1 if number + 1 < len(starts) else len(raw)
            paragraphs.append({
                "text": raw[starts[number]:end].decode(),
                "direction": directions[starts[number]],
                "top": line["rect"][1] - top,
                "size": text_size * TITLE if bold else text_size,
                "line": line["rect"][3] - line["rect"][1],
                "bold": bold,
            })
        if line["rect"][1] >= top and line["rect"][3] <= bottom:
            lines.append((round(line["rect"][1]) - top, round(line["rect"][3]) - top))
    size = (right - left, bottom - top)

    def picture(shown, kind):
        source = chromium.page(shown, size[0], paper, ink, file.parents[1] / "fonts")
        return compare.darkness(chromium.picture(source, size, results, f"{file.stem}-{kind}"), paper, ink)

    column = screen.crop((left, top, right, bottom))
    column.save(results / f"{file.stem}-column.png")
    ours = compare.darkness(column, paper, ink)
    theirs = picture(paragraphs, "chromium")
    found, worst = compare.alike(ours, theirs, lines)
    print(
        f"   {file.stem}: column and Chromium: {len(lines)} lines, likeness at least {worst['likeness']:.3f} "
        f"(bound {compare.LIKENESS:g}), ink boxes within {worst['box']} px (bound {compare.BOX}), "
        f"ink within {worst['ink']:.1%} (bound {compare.INK:.0%})"
    )
    faults = [f"{file.stem}: column and Chromium: {fault}" for fault in found]
    if self_check:
        unjoined = [dict(one, text=NON_JOINER.join(one["text"])) for one in paragraphs]
        faults += blind_spots(ours, theirs, picture(unjoined, "unjoined"), lines)
    return faults


def blind_spots(ours, theirs, unjoined, lines):
    """Deliberate faults that the comparison fails to notice. Each must be noticed on the very line that has it."""
    full = [i for i, (top, bottom) in enumerate(lines) if ours[top:bottom].sum() > 500]
    one, other = full[1], full[2]

    def changed(change):
        picture = ours.copy()
        change(picture)
        return picture

    def swap(picture):
        (a, b), (c, d) = lines[one], lines[other]
        height = min(b - a, d - c)
        picture[a:a + height], picture[c:c + height] = ours[c:c + height], ours[a:a + height]

    def shift(rows, columns):
        def move(picture):
            top, bottom = lines[one]
            picture[top:bottom] = numpy.roll(ours[top:bottom], (rows, columns), (0, 1))
        return move

    trials = {
        "two lines swapped": (changed(swap), theirs),
        "a line 3 px lower": (changed(shift(3, 0)), theirs),
        "a line 3 px higher": (changed(shift(-3, 0)), theirs),
        "a line 3 px to the left": (changed(shift(0, -3)), theirs),
        "a line 3 px to the right": (changed(shift(0, 3)), theirs),
        "letters not joined": (ours, unjoined),
        "a line mirrored": (changed(lambda p: p.__setitem__(slice(*lines[one]), ours[slice(*lines[one])][:, ::-1])), theirs),
    }
    missed = []
    for name, (left, right) in trials.items():
        found, _ = compare.alike(left, right, lines)
        noticed = any(fault.startswith(f"line {one}:") for fault in found)
        print(f"   deliberate fault, {name}: {'noticed' if noticed else 'MISSED'}")
        if not noticed:
            missed.append(f"the comparison does not notice a deliberate fault: {name}")
    return missed
