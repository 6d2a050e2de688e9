"""What a researcher does, with real mouse and key events on the release binary, and what must then lie on disk."""

import json
import re
import time
from dataclasses import dataclass

from desktop import Failure, wait_for
from hashiya import Hashiya, command, layout, saved_annotations, title_paragraph, unnamed_project

TAG = "frame"
IDLE_SECONDS, IDLE_PROCESSOR = 10.0, 0.2
# A phrase of Arabic words and nothing else, so that its letters stand in one run.
WORDS = re.compile(r"[\u0621-\u064a]+(?: [\u0621-\u064a]+){1,2}")


@dataclass
class Passage:
    """Some words of the open document and where their two ends stand on screen."""

    start: int
    end: int
    quote: str
    first: tuple
    last: tuple

    def saved(self, tag=TAG):
        return {"spans": [(self.start, self.end)], "quote": self.quote, "tags": [tag]}


def expect(holds, sentence):
    if not holds:
        raise Failure(sentence)


def passages(probe, paragraphs, text, count):
    """`count` phrases of the lines in view, each on a line of its own, placed by the glyphs of `hashiya layout`."""
    column = probe["reading"]
    raw = text.encode()
    found = []
    for line in probe["lines"]:
        top, bottom = line["rect"][1], line["rect"][3]
        if top < column[1] or bottom > column[3]:
            continue
        laid_out = next((one for each in paragraphs for one in each["lines"] if one["start"] == line["start"]), None)
        if line["paragraph"] == title_paragraph(probe):
            continue
        expect(
            laid_out and laid_out["end"] == line["end"],
            f"the window breaks a line at {line['start']}–{line['end']}, hashiya layout says {laid_out}",
        )
        for match in WORDS.finditer(raw[line["start"]:line["end"]].decode()):
            before = len(raw[line["start"]:line["end"]].decode()[:match.start()].encode())
            start = line["start"] + before
            end = start + len(match[0].encode())
            glyphs = [
                (cluster, x, x + advance)
                for run in laid_out["runs"] if run["direction"] == "rtl"
                for _, cluster, x, _, advance in run["glyphs"] if start <= cluster < end
            ]
            ends = {cluster for cluster, _, _ in glyphs}
            if line["start"] < start and end < line["end"] and start in ends:
                middle = (top + bottom) / 2
                last = max(ends)
                right = max(x for cluster, _, x in glyphs if cluster == start)
                left = min(x for cluster, x, _ in glyphs if cluster == last)
                found.append(Passage(
                    start, end, match[0], (column[0] + right - 1, middle), (column[0] + left + 1, middle)
                ))
                break
        if len(found) == count:
            return found
    raise Failure(f"only {len(found)} phrases of plain words are in view")


def mark_and_keep(desktop, binary, home, seeds):
    """Open, drag, tag, save; again with the Arabic keyboard; close, and open again."""
    file = sorted(seeds.glob("*.txt"))[0]
    text = file.read_text(encoding="utf-8")
    with Hashiya(desktop, binary, home, seeds) as window:
        probe = window.opened(5)
        size, width = probe["text_size"] * probe["scale"], probe["reading"][2] - probe["reading"][0]
        paragraphs = layout(binary, home, file, size, width)
        one, two, three = passages(probe, paragraphs, text, 3)
        print(f"   the seeds are open; the passages: «{one.quote}», «{two.quote}», «{three.quote}»")

        drag(window, one)
        desktop.type(TAG)
        desktop.press("Enter")
        window.wait("the first annotation", lambda p: len(p["rows"]) == 1 and len(p["tags"]) == 1)
        print("   a drag and a new tag's name make an annotation")

        drag(window, two)
        desktop.press("1")
        window.wait("the second annotation", lambda p: len(p["rows"]) == 2)
        print("   a drag and the key 1 make another with the same tag")

        project = unnamed_project(home)
        save(window, project, [one, two])

        desktop.layout("ara")
        drag(window, three)
        desktop.press("Ctrl+C")
        wait_for("the clipboard to hold the quote", lambda: desktop.clipboard() == three.quote, 10)
        print("   Arabic keyboard: Ctrl+C copies the passage")
        desktop.press("1")
        window.wait("the third annotation", lambda p: len(p["rows"]) == 3)
        desktop.press("Ctrl+Z")
        window.wait("the third annotation to go", lambda p: len(p["rows"]) == 2)
        desktop.press("Ctrl+Shift+Z")
        window.wait("the third annotation to come back", lambda p: len(p["rows"]) == 3)
        print("   Arabic keyboard: a digit tags, Ctrl+Z and Ctrl+Shift+Z undo and redo")
        save(window, project, [one, two, three])
        print("   Arabic keyboard: Ctrl+S saves")
        desktop.layout("us")

        idle(window)
        title = window.probe()["document"]
        code = window.leave()
        expect(code == 0, f"closing by the window manager ended with exit code {code}: {window.said()}")
        print("   closed by the window manager, exit code 0")

    expected = [one.saved(), two.saved(), three.saved()]
    expect(saved_annotations(project) == expected, f"the saved RON holds {saved_annotations(project)}, not {expected}")
    done = command(binary, home, "check", project)
    expect(done.returncode == 0, f"hashiya check: {done.stdout.decode()}{done.stderr.decode()}")
    table = home / "rows.jsonl"
    done = command(binary, home, "export", project, "--format", "jsonl", "--out", table)
    expect(done.returncode == 0, f"hashiya export: {done.stderr.decode()}")
    rows = [json.loads(row) for row in table.read_text(encoding="utf-8").splitlines()]
    exported = [(row["start_byte"], row["end_byte"], row["quote"]) for row in rows]
    expect(exported == [(p.start, p.end, p.quote) for p in (one, two, three)], f"exported: {exported}")
    print("   check finds no fault, and the export holds the three passages")

    with Hashiya(desktop, binary, home, seeds) as window:
        probe = window.opened(5)
        expect(len(probe["rows"]) == 3, f"after reopening the table has {len(probe['rows'])} rows")
        expect(probe["document"] == title, f"after reopening {probe['document']!r} is open, not {title!r}")
        expect(window.leave() == 0, "the second run did not end well")
    print("   opened again, everything is there")


def drag(window, passage):
    """Selects a passage with the mouse; the palette then offers the tags."""
    window.desktop.drag(passage.first, passage.last)
    window.wait(f"the palette at «{passage.quote}»", lambda p: p["selection"] and p["palette"])
    window.settled(0.2)


def save(window, project, expected):
    """Ctrl+S, until the tables on disk hold exactly these passages; soon, for after five seconds of quiet the window
    would save by itself."""
    expected = sorted((passage.saved() for passage in expected), key=lambda one: one["spans"])
    expect(saved_annotations(project) != expected, "the tables were written before Ctrl+S, so the key proves nothing")
    window.desktop.press("Ctrl+S")
    try:
        wait_for("the save", lambda: saved_annotations(project) == expected, 3)
    except Failure:
        raise Failure(f"after Ctrl+S the RON holds {saved_annotations(project)}, not {expected}") from None
    print(f"   Ctrl+S: the RON holds exactly the {len(expected)} passages")


def idle(window):
    """An idle window uses no processor."""
    window.desktop.press("Escape")
    window.desktop.press("Escape")
    window.desktop.move(2, 2)
    window.settled(1.0)
    time.sleep(1.0)
    before = window.processor_seconds()
    time.sleep(IDLE_SECONDS)
    used = window.processor_seconds() - before
    expect(used <= IDLE_PROCESSOR, f"idle, the window used {used:.2f} s of processor in {IDLE_SECONDS:g} s")
    print(f"   idle: {used:.2f} s of processor in {IDLE_SECONDS:g} s (at most {IDLE_PROCESSOR:g} s)")


def open_by_dialog(desktop, binary, home, folder):
    """Ctrl+O opens the system's dialog, which zenity serves here; a folder is chosen by typing its path."""
    with Hashiya(desktop, binary, home) as window:
        window.wait("the empty window", lambda p: p["frame"] > 0)
        window.settled()
        before = set(desktop.windows("zenity"))
        desktop.press("Ctrl+O")
        wait_for("the folder dialog", lambda: set(desktop.windows("zenity")) - before)
        time.sleep(1.0)
        # GTK opens the path field at the first slash, and swallows letters while it does.
        desktop.type("/")
        time.sleep(1.0)
        desktop.press("Ctrl+A")
        desktop.type(str(folder))
        time.sleep(0.5)
        desktop.press("Enter")
        probe = window.opened(len(list(folder.glob("*.txt"))))
        print(f"   Ctrl+O and a typed path open «{folder.name}» with {len(probe['documents'])} documents")
        expect(window.leave() == 0, "closing after the dialog did not end well")


def refuses_to_open(binary, home, seeds, what, **environment):
    """Without something the window needs: exit code 1 and one sentence, no panic."""
    done = command(binary, home, seeds, **environment)
    said = done.stderr.decode().strip()
    expect(done.returncode == 1, f"{what}: exit code {done.returncode}, said {said!r}")
    expect(said and "\n" not in said and "panicked" not in said, f"{what}: this is not one sentence: {said!r}")
    print(f"   {what}: exit code 1, «{said}»")
