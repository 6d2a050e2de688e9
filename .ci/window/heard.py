"""What a screen reader hears of the real window, by AT-SPI, as Orca does: names and roles, the text in view with caret and
selection, and what it may ask in return.

It starts a session bus and the accessibility bus, which the rest of the window test does without. The questions are asked
by a program of its own, `reader.py`, because the library belongs to the bus that it finds when it is loaded.
"""

import contextlib
import json
import pathlib
import subprocess
import sys
import time

from desktop import Failure, end, wait_for
from hashiya import Hashiya
from journey import IDLE_PROCESSOR, IDLE_SECONDS, expect

LAUNCHERS = ["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher"]
READER = pathlib.Path(__file__).with_name("reader.py")


@contextlib.contextmanager
def accessibility(desktop):
    """A session bus on which a screen reader is announced."""
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=desktop.environment, text=True,
    )
    with contextlib.ExitStack() as ended:
        ended.callback(end, bus)
        address = bus.stdout.readline().strip()
        if not address:
            raise Failure("no session bus started")
        before = dict(desktop.environment)
        ended.callback(lambda: (desktop.environment.clear(), desktop.environment.update(before)))
        desktop.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        del desktop.environment["NO_AT_BRIDGE"]
        launcher = next((path for path in LAUNCHERS if pathlib.Path(path).exists()), None)
        if launcher is None:
            raise Failure("at-spi-bus-launcher is not installed")
        bridge = desktop.start([launcher, "--launch-immediately", "--a11y=1", "--screen-reader=1"])
        ended.callback(end, bridge)
        yield


def ask(desktop, *question):
    """Asks the reader; its answer."""
    done = subprocess.run(
        [sys.executable, str(READER), *map(str, question)],
        env=desktop.environment, capture_output=True, timeout=90, check=False, text=True,
    )
    if done.returncode != 0:
        raise Failure(f"the reader of {question[0]}: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout)


def is_heard(desktop, binary, home, seeds):
    """The parts of the window, the text in view, a caret that follows keys, a selection that the reader makes."""
    text = sorted(seeds.glob("*.txt"))[0].read_text(encoding="utf-8")
    with accessibility(desktop), Hashiya(desktop, binary, home, seeds) as window:
        window.opened(5)
        parts = [tuple(part) for part in ask(desktop, "parts")]
        for part in [
            ("menu bar", ""), ("menu item", "File"), ("landmark", "Documents"), ("list box", "Documents"),
            ("landmark", "Codebook"), ("landmark", "Annotations"), ("document frame", "Reading view"),
            ("entry", "Filter documents"), ("status bar", "Status"),
        ]:
            expect(part in parts, f"a screen reader finds no {part[0]} «{part[1]}»")
        expect(any(role == "frame" and name.endswith("Hashiya") for role, name in parts), "the window has no name")

        told = ask(desktop, "text")
        expect(text.startswith(told["text"]), f"the text told is not the document's: {told['text'][:80]!r}")
        expect(len(told["text"]) > 400, f"only {len(told['text'])} characters are told")
        probe = window.probe()
        line = next(line for line in probe["lines"] if line["paragraph"] == 2)
        middle = (line["rect"][1] + line["rect"][3]) / 2
        desktop.click(line["rect"][2] - 1, middle)
        start = len(text.encode()[:line["start"]].decode())
        caret = wait_for("the caret", lambda: ask(desktop, "text")["caret"] == start)
        expect(caret, "the caret is told where the click put it")
        desktop.press("Shift+Down")
        selected = wait_for("a selection", lambda: ask(desktop, "text")["selected"])
        span = window.probe()["selection"]
        expect(text.encode()[span[0]:span[1]].decode() == selected, f"told {selected!r}, but {span} is selected")

        # What the reader selects is selected.
        ask(desktop, "select", 20, 40)
        wanted = [len(text[:20].encode()), len(text[:40].encode())]
        window.wait("the reader's selection", lambda p: p["selection"] == wanted)

        # And while it listens, a window at rest uses no processor.
        time.sleep(6)
        used = window.processor_seconds()
        time.sleep(IDLE_SECONDS)
        used = window.processor_seconds() - used
        expect(used <= IDLE_PROCESSOR, f"{used:.2f} s of the processor in {IDLE_SECONDS:g} s at rest")
        print(f"   {len(parts)} parts, {len(told['text'])} characters; at rest {used:.2f} s of {IDLE_SECONDS:g} s")
        expect(window.leave() == 0, "the window did not close as it should")
