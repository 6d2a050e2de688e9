"""brat: pybrat and bioc load the folder, and every mark covers what it quotes.

    check(folder, expected_rows) -> list of faults, one sentence each; an empty list says that all is well. With pybrat.
    check_bioc(folder, expected_rows) -> the same with bioc.

`folder` is what `hashiya export --format brat` made, `expected_rows` the objects of `--format jsonl` of the same project. Marks are known by the id in
the comment of the type Hashiya, which both programs leave alone and which is read here line by line.
"""

import json
import re
from pathlib import Path

# Where a fragment ends: what the format cannot hold in one.
LINE_ENDS = re.compile("[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def ids(folder):
    """Which annotation each T of each file is, and the name of each type."""
    ids = {}
    for path in Path(folder).glob("*.ann"):
        for line in path.read_text("utf-8").split("\n"):
            fields = line.split("\t")
            if fields[0].startswith("#") and fields[1].startswith("Hashiya "):
                ids[path.stem, fields[1].split()[1]] = json.loads(fields[2])["id"]
    return ids


def labels(folder):
    lines = (Path(folder) / "visual.conf").read_text("utf-8").splitlines()
    pairs = (line.split(" | ", 1) for line in lines if " | " in line)
    return dict(pairs)


def compare(folder, expected_rows, found, texts):
    """`found`: (file, T, type, [(start, end)], mention) of every entity a program read; `texts`: its text of every file."""
    faults = []
    names, known = labels(folder), ids(folder)
    marks = {}
    for file, key, kind, spans, mention in found:
        if (file, key) not in known:
            faults.append(f"{file}, {key}: nothing says which annotation it is")
            continue
        marks.setdefault(known[file, key], []).append((file, kind, spans, mention))
    for row in expected_rows:
        at = f"annotation {row['id']}"
        read = marks.pop(row["id"], [])
        kinds = sorted(names.get(kind, kind) for _, kind, _, _ in read)
        if kinds != sorted(row["tags"] or ["UNTAGGED"]):
            faults.append(f"{at}: it is marked {kinds} instead of {row['tags']}")
        for file, _, spans, mention in read:
            words = [texts[file][start:end] for start, end in spans]
            if " ".join(words).strip() != mention.strip():
                faults.append(f"{file}, {at}: it covers «{' '.join(words)}» and says «{mention}»")
            whole = " ".join(filter(None, LINE_ENDS.split(row["quote"])))
            if re.sub(" +", " ", " ".join(words)) != re.sub(" +", " ", whole):
                faults.append(f"{file}, {at}: it covers «{' '.join(words)}» and quotes «{row['quote']}»")
            if len(words) == 1 and spans[0] != (row["start"], row["end"]):
                faults.append(f"{file}, {at}: it stands at {spans[0]}")
    faults += [f"annotation {id}: nothing was exported under this id" for id in marks]
    return faults


def check(folder, expected_rows):
    from pybrat.parser import BratParser

    # Two marks at one place are an error to pybrat and none to brat.
    examples = BratParser(error="ignore").parse(str(folder))
    found = [
        (example.id, entity.id, entity.type, [(span.start, span.end) for span in entity.spans], entity.mention)
        for example in examples
        for entity in example.entities
    ]
    faults = compare(folder, expected_rows, found, {example.id: example.text for example in examples})
    relations = sum(len(example.relations) for example in examples)
    written = sum(len(re.findall(r"(?m)^R\d", path.read_text("utf-8"))) for path in Path(folder).glob("*.ann"))
    if relations != written:
        faults.append(f"{relations} of {written} relations were read")
    return faults


def check_bioc(folder, expected_rows):
    from bioc import brat

    found, texts = [], {}
    for path in sorted(Path(folder).glob("*.ann")):
        with open(path.with_suffix(".txt"), encoding="utf-8", newline="") as text, open(path, encoding="utf-8") as ann:
            document = brat.load(text, ann)
        texts[path.stem] = document.text
        for one in document.annotations:
            if type(one).__name__ == "BratEntity":
                spans = sorted((span.begin, span.end) for span in one.locations)
                found.append((path.stem, one.id, one.type, spans, one.text))
    return compare(folder, expected_rows, found, texts)
