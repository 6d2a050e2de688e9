"""Hashiya's window as seen from outside: started with folders of its own, watched through the file that
`HASHIYA_PROBE` asks it to write, and its project read from disk.
"""

import json
import os
import pathlib
import subprocess
import time

import ron
from desktop import Failure, end, wait_for


class Hashiya:
    """One run of the program. `home` holds its data, state and configuration and outlives the run."""

    def __init__(self, desktop, binary, home, *arguments):
        self.desktop = desktop
        self.home = home
        self.probe_file = home / "probe.json"
        self.probe_file.unlink(missing_ok=True)
        self.errors = home / "stderr.txt"
        environment = dict(desktop.environment, HASHIYA_PROBE=str(self.probe_file), RUST_BACKTRACE="0")
        environment.update(places(home))
        with self.errors.open("wb") as errors:
            self.process = desktop.start(
                [str(binary), *map(str, arguments)], env=environment, stdout=errors, stderr=errors
            )

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure:
            self.desktop.seen = self.desktop.picture()
        end(self.process)

    def probe(self):
        """What the window says of itself now: a dict, empty before its first frame."""
        if self.process.poll() is not None:
            raise Failure(f"hashiya ended with exit code {self.process.returncode}: {self.said()}")
        try:
            return json.loads(self.probe_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def wait(self, what, condition, seconds=20.0):
        """Waits until the probe fulfils a condition, and gives that probe."""

        def ask():
            probe = self.probe()
            return probe if probe and condition(probe) else None

        try:
            return wait_for(what, ask, seconds)
        except Failure as failure:
            raise Failure(f"{failure}; the window says: {json.dumps(self.probe(), ensure_ascii=False)[:3000]}") from None

    def settled(self, quiet=0.5):
        """Waits until nothing has changed for a while, and gives the probe."""
        last, since = None, time.monotonic()

        def ask():
            nonlocal last, since
            probe = self.probe()
            if probe != last:
                last, since = probe, time.monotonic()
            return probe if probe and time.monotonic() - since > quiet else None

        return wait_for("the window to settle", ask)

    def opened(self, documents):
        """Waits until so many documents are open and lines are shown."""
        self.wait(f"{documents} documents", lambda p: len(p["documents"]) == documents and p["lines"], 30)
        return self.settled()

    def said(self):
        return self.errors.read_text(encoding="utf-8", errors="replace").strip()

    def processor_seconds(self):
        """The processor time used so far, by all threads."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def leave(self):
        """Asks the window to close, as the window manager does, and gives the exit code."""
        self.desktop.press("Alt+F4")
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            raise Failure("the window did not close") from None


def title_paragraph(probe):
    """The paragraph in view whose lines are not as high as most: the document's title. None when it is not in view."""
    heights = [round(line["rect"][3] - line["rect"][1], 2) for line in probe["lines"]]
    usual = max(heights, key=heights.count)
    return next((line["paragraph"] for line, high in zip(probe["lines"], heights) if high != usual), None)


def places(home):
    """The environment that keeps a run's files under `home`."""
    names = {"HOME": "home", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"}
    for name in names.values():
        (home / name).mkdir(parents=True, exist_ok=True)
    return {variable: str(home / name) for variable, name in names.items()}


def command(binary, home, *arguments, **environment):
    """Runs a verb, or a window that should not open, and gives the finished process."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **places(home), **environment}
    return subprocess.run(
        [str(binary), *map(str, arguments)], env=environment, capture_output=True, timeout=60, check=False
    )


def layout(binary, home, file, size, width):
    """`hashiya layout` of a file in Amiri: per paragraph its lines, per line its glyphs."""
    done = command(binary, home, "layout", file, "--font", "Amiri", "--size", f"{size:g}", "--width", f"{width:g}", "--json")
    if done.returncode != 0:
        raise Failure(f"hashiya layout: {done.stderr.decode()}")
    return json.loads(done.stdout)["paragraphs"]


def unnamed_project(home):
    """The one unnamed project kept under `home`."""
    found = sorted((home / "data/hashiya/unnamed").glob("*.hashiya"))
    if len(found) != 1:
        raise Failure(f"one unnamed project was expected, found {[str(path) for path in found]}")
    return found[0]


def saved_annotations(project):
    """The annotations in the tables on disk: per annotation its byte spans, its quote and the names of its tags."""
    names = {}
    for value in ron.read((project / "codebook.ron").read_text(encoding="utf-8")):
        for tag in ron.records(value, ["id", "name"]):
            names[tag["id"]] = tag["name"]
    found = []
    for table in sorted((project / "annotations").glob("*/*.ron")):
        for value in ron.read(table.read_text(encoding="utf-8")):
            for one in ron.records(value, ["spans", "tags", "quote"]):
                found.append({
                    "spans": [span(each) for each in one["spans"]],
                    "quote": one["quote"]["exact"],
                    "tags": [names.get(tag, tag) for tag in one["tags"]],
                })
    return sorted(found, key=lambda one: one["spans"])


def span(value):
    """A span as the file writes it, named or plain, as a pair."""
    if isinstance(value, dict):
        value = value.get("values", [value.get("start"), value.get("end")])
    return tuple(value)
