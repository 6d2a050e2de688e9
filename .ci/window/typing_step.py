"""Words typed with a Latin and an Arabic keyboard layout by turns, as an Arabic reader types them: into the filter of the tags, into a note,
and into the find bar. What then lies on disk must be exactly these words, and the note must look as Chromium paints it.
"""

import time

import chromium
import compare
import ron
from desktop import HEIGHT, Failure, wait_for
from hashiya import Hashiya, layout, unnamed_project
from journey import drag, expect, passages

# One key of the Arabic layout writes two letters, the first two here.
TWO_LETTERS, TAG = "لا", "لا تهديد NATO 2"
# Arabic with Latin words and both kinds of digits in it, and Latin with Arabic in it; each line fits the field.
NOTE = "قال John: 25% (نعم)، أو ٣؟\n«سنة ٢٠٢٣» في London.\nThe كلمة has 4 letters"
WORDS = "روسيا"

# The field of the note: points between its frame and its text, room for a caret, the text's size, and the height of a line.
MARGIN, CARET, SIZE, LINE = (8, 3), 2, 16, 25
# The colour of a field's ground in the light theme.
GROUND = (0xFF, 0xFF, 0xFF)


def typed(desktop, binary, home, seeds, results, ink):
    """Types, and judges what was written and painted."""
    file = sorted(seeds.glob("*.txt"))[0]
    text = file.read_text(encoding="utf-8")
    with Hashiya(desktop, binary, home, seeds) as window:
        probe = window.opened(5)
        size, width = probe["text_size"] * probe["scale"], probe["reading"][2] - probe["reading"][0]
        (passage,) = passages(probe, layout(binary, home, file, size, width), text, 1)
        drag(window, passage)
        desktop.layout("ara")
        time.sleep(0.3)
        desktop.press("B")
        desktop.layout("us,ara")
        time.sleep(0.3)
        desktop.type(TAG.removeprefix(TWO_LETTERS))
        desktop.press("Enter")
        probe = window.wait("the annotation and its card", lambda p: len(p["rows"]) == 1 and p["note"])
        project = unnamed_project(home)

        field = probe["note"]
        desktop.click((field[0] + field[2]) / 2, field[1] + 16)
        for number, line in enumerate(NOTE.split("\n")):
            if number > 0:
                desktop.press("Enter")
            desktop.type(line)
        desktop.press("Ctrl+S")
        wait_for("the save", lambda: saved(project) == ([TAG], [NOTE]), 10, lambda: f"the RON holds {saved(project)}")
        print(f"   us and ara by turns: the RON holds exactly the tag «{TAG}» and the note «{NOTE}»".replace("\n", " / "))

        desktop.press("Escape")
        desktop.move(2, HEIGHT - 2)
        window.settled()
        painted_as_chromium(desktop.picture(), field, results, home, seeds, ink)

        # The find bar by the key under F, whatever the layout writes on it.
        desktop.press("Ctrl+F")
        window.settled(0.3)
        desktop.type(WORDS)
        start = text.encode().find(WORDS.encode())
        spans = [match for match in occurrences(text.encode(), WORDS.encode())]
        probe = window.wait("a hit to be selected", lambda p: tuple(p["selection"] or ()) in spans)
        expect(start >= 0 and len(spans) > 1, f"«{WORDS}» stands in the first seed more than once")
        first = tuple(probe["selection"])
        desktop.press("Enter")
        after = spans[(spans.index(first) + 1) % len(spans)]
        window.wait("the next hit", lambda p: tuple(p["selection"] or ()) == after)
        desktop.move(2, HEIGHT - 2)
        window.settled()
        desktop.picture().save(results / "typed.png")
        desktop.press("Escape")
        window.settled(0.3)
        expect(tuple(window.probe()["selection"]) == after, "the hit is selected when the find bar is closed")
        print(f"   Ctrl+F, «{WORDS}» and Enter go to the next of {len(spans)} hits, and Escape leaves it selected")
        desktop.layout("us")
        expect(window.leave() == 0, "closing after the typing did not end well")


def occurrences(text, words):
    """Where words stand in a text, as pairs of bytes."""
    at = text.find(words)
    while at >= 0:
        yield at, at + len(words)
        at = text.find(words, at + len(words))


def saved(project):
    """The names of the tags and the notes that lie on disk."""
    codebook = ron.read((project / "codebook.ron").read_text(encoding="utf-8"))
    tags = [tag["name"] for value in codebook for tag in ron.records(value, ["id", "name"])]
    notes = []
    for table in sorted((project / "annotations").glob("*/*.ron")):
        for value in ron.read(table.read_text(encoding="utf-8")):
            notes += [one["note"] for one in ron.records(value, ["spans", "note"])]
    return tags, notes


def painted_as_chromium(screen, field, results, home, seeds, ink):
    """The note's field on the screen against Chromium's picture of the same words."""
    left, top, right = round(field[0]) + MARGIN[0], round(field[1]) + MARGIN[1], round(field[2]) - MARGIN[0]
    lines = NOTE.split("\n")
    size = (right - left - CARET, len(lines) * LINE)
    shown = screen.crop((left, top, left + size[0], top + size[1]))
    shown.save(results / "note.png")
    paragraphs = [
        {"text": line, "direction": "ltr" if line[0].isascii() else "rtl", "top": n * LINE, "size": SIZE, "line": LINE, "bold": False}
        for n, line in enumerate(lines)
    ]
    source = chromium.page(paragraphs, size[0], GROUND, ink, seeds.parent / "fonts")
    theirs = compare.darkness(chromium.picture(source, size, results, "note-chromium"), GROUND, ink)
    ours = compare.darkness(shown, GROUND, ink)
    places = [(n * LINE, (n + 1) * LINE) for n in range(len(lines))]
    faults, worst = compare.alike(ours, theirs, places)
    # A fault that must be seen: the second line in the place of the first.
    swapped, _ = compare.alike(ours[LINE:2 * LINE], theirs[:LINE], [(0, LINE)])
    expect(swapped, "the comparison does not notice another line in the place of the first")
    if faults:
        raise Failure("\n   ".join(["the note and Chromium's picture of it differ:", *faults]))
    print(
        f"   the note and Chromium: {len(lines)} lines, likeness at least {worst['likeness']:.3f} (bound {compare.LIKENESS:g}), "
        f"ink boxes within {worst['box']} px (bound {compare.BOX}), ink within {worst['ink']:.1%} (bound {compare.INK:.0%})"
    )
