"""cas-xmi and cas-json: dkpro-cassis loads every file, and every mark covers what it quotes.

    check(folder, expected_rows) -> list of faults, one sentence each; an empty list says that all is well.

`folder` is what `hashiya export --format cas-xmi` or `cas-json` made, `expected_rows` the objects of `--format jsonl` of the same project. Needs
dkpro-cassis. cassis converts the positions of the file, which count UTF-16, into those of Python, so that a mark's covered text is the slice in the
unit of the format; the numbers in the file are held against `start_utf16` and `end_utf16` by writing each mark's positions back.

    python cas.py FOLDER ROWS.jsonl
"""

import json
import re
import sys
from pathlib import Path

from cassis import load_cas_from_json, load_cas_from_xmi, load_typesystem

# What XML 1.0 cannot hold, and what stands for it.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def load(folder):
    """Every CAS of a folder with the name of its file, and whether it was XML."""
    folder = Path(folder)
    if (folder / "TypeSystem.xml").exists():
        with open(folder / "TypeSystem.xml", "rb") as file:
            types = load_typesystem(file)
        for path in sorted(folder.glob("*.xmi")):
            with open(path, "rb") as file:
                yield path.name, load_cas_from_xmi(file, typesystem=types, trusted=True), True
    else:
        for path in sorted(folder.glob("*.json")):
            with open(path, "rb") as file:
                yield path.name, load_cas_from_json(file), False


def utf16(text, position):
    return len(text[:position].encode("utf-16-le")) // 2


def check(folder, expected_rows):
    faults = []
    found = {}
    relations = 0
    for name, cas, is_xml in load(folder):
        seen = (lambda text: ILLEGAL.sub("\ufffd", text)) if is_xml else (lambda text: text)
        text = cas.sofa_string
        documents = cas.select("hashiya.Document")
        if len(documents) != 1 or (documents[0].begin, documents[0].end) != (0, len(text)):
            faults.append(f"{name}: the document is not the whole text")
            continue
        for mark in cas.select("hashiya.Mark"):
            found.setdefault(mark.id, []).append((name, seen, documents[0].id, text, mark))
        for relation in cas.select("hashiya.Relation"):
            relations += 1
            ends = (relation.source, relation.target)
            if any(end is None or end.type.name != "hashiya.Mark" for end in ends):
                faults.append(f"{name}: the relation «{relation.kind}» has an end that is no mark")
    for row in expected_rows:
        at = f"annotation {row['id']}"
        marks = found.pop(row["id"], [])
        tags = row["tags"] or ["UNTAGGED"]
        if sorted(mark.tag for *_, mark in marks) != sorted(marks[0][1](tag) for tag in tags) if marks else True:
            faults.append(f"{at}: its marks have the tags {[mark.tag for *_, mark in marks]} instead of {tags}")
            continue
        for name, seen, document, text, mark in marks:
            parts = mark.parts.elements if mark.parts else [mark]
            covered = " ".join(part.get_covered_text() for part in parts)
            if covered != seen(row["quote"]):
                faults.append(f"{name}, {at}: it covers «{covered}» and quotes «{row['quote']}»")
            place = (utf16(text, mark.begin), utf16(text, mark.end))
            if place != (row["start_utf16"], row["end_utf16"]):
                faults.append(f"{name}, {at}: it stands at {place} in UTF-16")
            if mark.quote != covered:
                faults.append(f"{name}, {at}: it says that it quotes «{mark.quote}»")
            if document != row["document"]:
                faults.append(f"{name}, {at}: it stands in document {document}")
            if (mark.note or "") != seen(row["note"]) or mark.coder != seen(row["coder"]):
                faults.append(f"{name}, {at}: it says «{mark.note}» of {mark.coder}")
            said = [[one.key or "", one.value or ""] for one in (mark.attributes.elements if mark.attributes else [])]
            if said != [[seen(key), seen(value)] for key, value in row["attributes"]]:
                faults.append(f"{name}, {at}: its attributes are {said}")
    faults.extend(f"annotation {one}: it is not in the project" for one in found)
    return faults


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    wrong = check(sys.argv[1], rows)
    print("\n".join(wrong) or f"{len(rows)} annotations: all is well")
    sys.exit(bool(wrong))
