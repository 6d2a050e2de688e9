"""webanno-tsv: every line's place holds its token in UTF-16, and every mark covers what it quotes.

    check(folder, expected_rows) -> list of faults, one sentence each; an empty list says that all is well.

`folder` is what `hashiya export --format webanno-tsv` made, `expected_rows` the objects of `--format jsonl` of the same project. No library on PyPI
reads the whole of WebAnno TSV 3.3, so this is a reader by the published specification, in the appendix of INCEpTION's user guide; it needs nothing
but Python, and knows nothing of how Hashiya writes. What web-anno-tsv reads, tokens and one feature of one layer, `check_web_anno_tsv` holds
against the rows besides.

    python webanno.py FOLDER ROWS.jsonl
"""

import json
import re
import sys
import tempfile
from pathlib import Path

TEXT_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "b": "\b"}


def unescape_text(text):
    known = lambda c: c in TEXT_ESCAPES or c == "\\" or c < "\x08" or "\x0e" <= c <= "\x1f"
    return re.sub(r"(?s)\\(.)", lambda found: TEXT_ESCAPES.get(found[1], found[1]) if known(found[1]) else found[0], text)


def unescape_value(value):
    escapes = {r"\t": "\t", r"\n": "\n", r"\->": "->", r"\r": "\r"}
    return re.sub(r"\\(->|[tnr\\\[\]|_;*])", lambda found: escapes.get(found[0], found[1]), value)


def split(text, separator):
    """Splits at separators that are not escaped."""
    parts = [""]
    for piece in re.findall(r"(?s)\\.|.", text):
        if piece == separator:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def parse(content):
    """The text in UTF-16-LE, the rows as (id, begin, end, words), and the marks of span layers as (layer, begin, end, features)."""
    lines = content.split("\n")
    assert lines[0] == "#FORMAT=WebAnno TSV 3.3", lines[0]
    layers = []
    at = 1
    while lines[at]:
        kind, declared = lines[at].split("=", 1)
        layers.append((kind, declared.split("|")[0], declared.split("|")[1:]))
        at += 1
    text = b""
    rows, marks, numbered, sentence, in_sentence = [], [], {}, [], False
    for line in lines[at:]:
        if line.startswith("#"):
            if line.startswith("#Text="):
                sentence.append(unescape_text(line[len("#Text=") :]))
            in_sentence = False
        elif line:
            ident, place, words, *cells = line.split("\t")
            begin, end = map(int, place.split("-"))
            if not in_sentence:
                # Sentences have a line break between them, or nothing, or that and blanks.
                if len(text) // 2 == begin + 1:
                    text = text[:-2]
                text += " ".encode("utf-16-le") * (begin - len(text) // 2)
                text += ("\n".join(sentence) + "\n").encode("utf-16-le")
                sentence, in_sentence = [], True
            rows.append((ident, begin, end, words))
            column = 0
            for kind, layer, features in layers:
                values = cells[column : column + len(features)]
                column += len(features)
                if kind != "#T_SP" or all(value == "_" for value in values):
                    continue
                stacks = [split(value, "|") for value in values]
                for depth in range(max(map(len, stacks))):
                    said, number = {}, None
                    for feature, stack in zip(features, stacks):
                        value = stack[depth]
                        found = re.fullmatch(r"(?s)(.*)\[(\d+)\]", value)
                        if found and not found[1].endswith("\\"):
                            value, number = found[1], int(found[2])
                        if value != "*":
                            said[feature] = unescape_value(value)
                    if number is not None and (layer, number) in numbered:
                        mark = numbered[(layer, number)]
                        mark[2] = end
                        mark[3].update({key: value for key, value in said.items() if key not in mark[3]})
                    else:
                        mark = [layer, begin, end, said]
                        marks.append(mark)
                        numbered[(layer, number)] = mark
    return text, rows, marks


def check(folder, expected_rows):
    faults = []
    found = {}
    for path in sorted(Path(folder).glob("*.tsv")):
        text, rows, marks = parse(path.read_bytes().decode("utf-8"))
        slice_of = lambda begin, end: text[2 * begin : 2 * end].decode("utf-16-le", "replace")
        for ident, begin, end, words in rows:
            if slice_of(begin, end) not in (words, unescape_text(words)):
                faults.append(f"{path.name}, {ident}: «{words}» stands not at {begin}-{end}, but «{slice_of(begin, end)}»")
        for _layer, begin, end, said in marks:
            found.setdefault(said.get("id"), []).append((path.name, begin, end, slice_of(begin, end), said))
    for row in expected_rows:
        at = f"annotation {row['id']}"
        marks = found.pop(row["id"], [])
        tags = row["tags"] or ["UNTAGGED"]
        if sorted(said["tag"] for *_, said in marks) != sorted(tags):
            faults.append(f"{at}: its marks have the tags {[said.get('tag') for *_, said in marks]} instead of {tags}")
        for name, begin, end, covered, said in marks:
            if (begin, end) != (row["start_utf16"], row["end_utf16"]):
                faults.append(f"{name}, {at}: it stands at {begin}-{end}")
            # A mark of several parts is written as one.
            if "spans" not in row and covered != row["quote"]:
                faults.append(f"{name}, {at}: it covers «{covered}» and quotes «{row['quote']}»")
        if marks:
            said = marks[0][-1]
            if said.get("note", "") != row["note"] or said.get("coder") != row["coder"]:
                faults.append(f"{at}: it says «{said.get('note')}» of {said.get('coder')}")
            if json.loads(said.get("attributes", "[]")) != row["attributes"]:
                faults.append(f"{at}: its attributes are {said.get('attributes')}")
    faults.extend(f"annotation {one}: it is not in the project" for one in found)
    return faults


def check_web_anno_tsv(folder, expected_rows):
    """What web-anno-tsv makes of it: it asserts that every token stands where its line says in UTF-16, and gives the marks of the second feature,
    which is the annotation's id, sentence by sentence. It knows no comments but `#Text=`, and no escaped control characters, so that the one
    are left out for it and the other written out."""
    from web_anno_tsv import open_web_anno_tsv

    faults, found = [], {}
    for path in sorted(Path(folder).glob("*.tsv")):
        lines = path.read_bytes().decode("utf-8").split("\n")
        plain = [line for at, line in enumerate(lines) if at < 4 or not line.startswith("#") or line.startswith("#Text=")]
        with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8", newline="") as copy:
            copy.write(re.sub(r"\\([\x00-\x07\x0e-\x1f])", r"\1", "\n".join(plain)))
            copy.flush()
            with open_web_anno_tsv(copy.name) as sentences:
                for number, sentence in enumerate(sentences):
                    for mark in sentence.annotations:
                        if sentence.text[mark.start : mark.stop] != mark.text:
                            faults.append(f"{path.name}, sentence {number + 1}: «{mark.text}» is not what stands there")
                        found.setdefault(mark.label, []).append(mark.text)
    # Of a mark over several lines or sentences it has the parts; white space between them is nobody's.
    bare = lambda text: re.sub(r"\s", "", text)
    for row in expected_rows:
        said = found.pop(row["id"], [])
        if "spans" not in row and bare("".join(said)) != bare(row["quote"]) * max(1, len(row["tags"])):
            faults.append(f"annotation {row['id']}: it covers {said} and quotes «{row['quote']}»")
    faults.extend(f"annotation {one}: it is not in the project" for one in found)
    return faults


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    wrong = check(sys.argv[1], rows)
    print("\n".join(wrong) or f"{len(rows)} annotations: all is well")
    sys.exit(bool(wrong))
