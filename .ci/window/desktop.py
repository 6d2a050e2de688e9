"""An X desktop of its own: Xvfb, a window manager, and the keys, mouse, clipboard and camera on it.

It owns the display and every process started on it, and ends them by their process ids. It knows nothing of Hashiya.
"""

import contextlib
import os
import subprocess
import time

from PIL import ImageGrab

WIDTH, HEIGHT = 1440, 900

# Normal windows fill the screen without a frame, so that a window's pixels are the screen's pixels; dialogs float.
# Alt+F4 asks a window to close, as the cross of its frame would.
OPENBOX = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <mouse><context name="Client"><mousebind button="Left" action="Press">
    <action name="Focus"/><action name="Raise"/></mousebind></context></mouse>
  <applications>
    <application type="normal"><decor>no</decor><maximized>yes</maximized><focus>yes</focus></application>
  </applications>
</openbox_config>
"""

# Key codes of a PC keyboard: where the key lies, whatever the layout writes on it. (xdotool takes a single digit for the
# key that writes it, so Escape goes by its name.)
KEYS = {
    "1": 10, "2": 11, "3": 12, "A": 38, "B": 56, "C": 54, "F": 41, "L": 46, "O": 32, "S": 39, "Z": 52,
    "Ctrl": 37, "Shift": 50, "Alt": 64, "F4": 70, "Enter": 36, "Escape": "Escape", "Down": 116,
}


class Failure(Exception):
    """Something that should hold does not; the text is a sentence for the log."""


def wait_for(what, condition, seconds=20.0, instead=None):
    """The first value of `condition()` that is true; a Failure naming `what` when none comes in time, and what `instead()` says."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"waited {seconds:g} s in vain for {what}" + (f": {instead()}" if instead else ""))
        time.sleep(0.05)


class Desktop:
    """A running X server with a window manager. Use it as a context manager."""

    def __init__(self, folder):
        self.folder = folder
        self.ended = contextlib.ExitStack()
        # The screen at the moment of the last failure.
        self.seen = None

    def __enter__(self):
        try:
            return self.begin()
        except BaseException:
            self.ended.close()
            raise

    def begin(self):
        """Starts the X server and the window manager."""
        reading, writing = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.ended.callback(end, server)
        os.close(writing)
        with os.fdopen(reading) as numbers:
            number = numbers.readline().strip()
        if not number:
            raise Failure("Xvfb did not start")
        self.display = f":{number}"

        self.environment = {
            "PATH": os.environ["PATH"],
            "DISPLAY": self.display,
            "LANG": "C.UTF-8",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            # No portal answers here, and none shall be started: the folder dialog falls back to zenity.
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
            "NO_AT_BRIDGE": "1",
        }
        for name in ["HOME", "XDG_RUNTIME_DIR"]:
            place = self.folder / name.lower()
            place.mkdir(mode=0o700, exist_ok=True)
            self.environment[name] = str(place)
        rules = self.folder / "openbox.xml"
        rules.write_text(OPENBOX)
        manager = self.start(["openbox", "--sm-disable", "--config-file", str(rules)])
        self.ended.callback(end, manager)
        wait_for("the window manager", lambda: b"window id" in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"))
        self.layout("us")
        return self

    def __exit__(self, *_):
        self.ended.close()

    def start(self, command, **options):
        """Starts a program on this display, without waiting."""
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        options.setdefault("env", self.environment)
        return subprocess.Popen(command, **options)

    def run(self, *command):
        """Runs a program on this display and gives what it printed."""
        done = subprocess.run(command, env=self.environment, capture_output=True, timeout=30, check=False)
        return done.stdout

    def layout(self, name):
        """Makes another keyboard layout active; of several (`us,ara`) each letter that is typed takes the one that has it."""
        done = subprocess.run(["setxkbmap", name], env=self.environment, capture_output=True, timeout=30, check=False)
        if done.returncode != 0:
            raise Failure(f"setxkbmap {name}: {done.stderr.decode().strip()}")

    def press(self, chord):
        """Presses keys by where they lie: `Ctrl+Shift+Z`, `1`."""
        codes = [str(KEYS[key]) for key in chord.split("+")]
        for code in codes:
            self.run("xdotool", "keydown", code)
        for code in reversed(codes):
            self.run("xdotool", "keyup", code)
        time.sleep(0.05)

    def type(self, text):
        """Types text, letter by letter, as the active layout allows."""
        self.run("xdotool", "type", "--delay", "25", text)

    def move(self, x, y):
        self.run("xdotool", "mousemove", str(round(x)), str(round(y)))
        time.sleep(0.02)

    def click(self, x, y):
        self.move(x, y)
        self.run("xdotool", "click", "1")
        time.sleep(0.05)

    def drag(self, start, end):
        """A drag with the left button, with some way points as a hand makes them."""
        self.move(*start)
        self.run("xdotool", "mousedown", "1")
        steps = 8
        for i in range(1, steps + 1):
            share = i / steps
            self.move(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
        self.run("xdotool", "mouseup", "1")
        time.sleep(0.05)

    def clipboard(self):
        return self.run("xclip", "-o", "-selection", "clipboard").decode()

    def windows(self, name):
        """Ids of the visible windows whose title or class matches a regular expression."""
        found = self.run("xdotool", "search", "--onlyvisible", "--name", name).split()
        return found or self.run("xdotool", "search", "--onlyvisible", "--class", name).split()

    def picture(self):
        """The whole screen, as it is."""
        return ImageGrab.grab(xdisplay=self.display).convert("RGB")


def end(process):
    """Ends one process and waits for it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)
