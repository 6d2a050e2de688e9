"""Asks the accessibility bus one question about Hashiya's window and prints the answer as JSON.

parts            every node as [role, name]
text             the reading view's text, caret and selected text
select FROM TO   selects characters of the reading view
"""

import json
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402


def application():
    """Hashiya, once it has come to the bus."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child and (child.get_name() or "").lower() == "hashiya":
                return child
        time.sleep(0.2)
    sys.exit("Hashiya is not on the accessibility bus")


def nodes(node):
    yield node
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index)
        if child is not None:
            yield from nodes(child)


def view(program):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for node in nodes(program):
            if node.get_name() == "Reading view" and "Text" in node.get_interfaces():
                return node
        time.sleep(0.2)
    sys.exit("there is no reading view")


def main():
    Atspi.init()
    program = application()
    node = view(program)
    match sys.argv[1:]:
        case ["parts"]:
            answer = [[each.get_role_name(), each.get_name() or ""] for each in nodes(program)]
        case ["text"]:
            chosen = Atspi.Text.get_selection(node, 0) if Atspi.Text.get_n_selections(node) else None
            answer = {
                "text": Atspi.Text.get_text(node, 0, -1),
                "caret": Atspi.Text.get_caret_offset(node),
                "selected": Atspi.Text.get_text(node, chosen.start_offset, chosen.end_offset) if chosen else "",
            }
        case ["select", first, last]:
            answer = Atspi.Text.add_selection(node, int(first), int(last))
        case _:
            sys.exit(__doc__)
    json.dump(answer, sys.stdout)


main()
