"""iob2 and conllu: seqeval finds the marks, the UD validator passes every file at level 2, and tokens quote what the marks quote.

    check(folder, expected_rows) -> list of faults, one sentence each; an empty list says that all is well.

`folder` is what `hashiya export --format iob2` or `conllu` made, `expected_rows` the objects of `--format jsonl` of the same project. Needs seqeval for
iob2 and udtools for conllu. A token has one label, so not every annotation is there; but each entity must be an annotation of that tag, whole tokens
included, and each annotation an entity, or share a word with one.

    python conll.py FOLDER ROWS.jsonl
"""

import json
import re
import sys
import unicodedata
from pathlib import Path
from urllib.parse import unquote


def plain(text):
    """A text without what is in no token, normalised as conllu has it."""
    kept = (c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFC", "".join(kept).replace("\ufffd", "\u25a1"))


def sentences_of(path):
    """Lists of (token, label) of a file."""
    sentences = [[]]
    for line in path.read_bytes().decode("utf-8").split("\n"):
        if not line:
            sentences.append([])
        elif path.suffix == ".iob2":
            token, label = line.split("\t")
            sentences[-1].append((token, label))
        elif not line.startswith("#"):
            columns = line.split("\t")
            found = re.search(r"(?:^|\|)Tag=([BI]-[^|]+)", columns[9])
            sentences[-1].append((columns[1], unquote(found[1], errors="strict") if found else "O"))
    return [sentence for sentence in sentences if sentence]


def check(folder, expected_rows):
    from seqeval.metrics.sequence_labeling import get_entities
    from seqeval.scheme import IOB2, Entities

    faults = []
    by_document = {}
    for row in expected_rows:
        by_document.setdefault(row["document"], []).append(row)
    paths = sorted(path for path in Path(folder).iterdir() if path.suffix in (".iob2", ".conllu"))
    for path in paths:
        # The name of a file ends with the last digits of the document's id.
        rows = [row for document, rows in by_document.items() if path.stem.endswith(document[-8:]) for row in rows]
        sentences = sentences_of(path)
        labels = [[label for _, label in sentence] for sentence in sentences]
        entities = []
        for number, sentence in enumerate(sentences):
            loose = [(name, start, end + 1) for name, start, end in get_entities(labels[number])]
            strict = [entity.to_tuple()[1:] for entity in Entities([labels[number]], IOB2).entities[0]]
            if sorted(loose) != sorted((name, start, end) for name, start, end in strict):
                faults.append(f"{path.name}: sentence {number + 1} is read in two ways, {loose} and {strict}")
            for name, start, end in loose:
                entities.append((name, plain("".join(token for token, _ in sentence[start:end]))))
        tags = lambda row: row["tags"] or ["UNTAGGED"]
        # What a mark covers: its parts with what lies between them are not in the row, so those are passed over.
        quotes = [(tags(row), plain(row["quote"])) for row in rows if "spans" not in row]
        several = any("spans" in row for row in rows)
        for name, words in entities:
            if not several and not any(name in names and quote and quote in words for names, quote in quotes):
                faults.append(f"{path.name}: no annotation «{name}» quotes «{words}»")
        for row in rows:
            names, quote = tags(row), plain(row["quote"])
            # A token has one label: a mark that begins within one that is marked already shares a word with it.
            shares = lambda words: words in quote or any(plain(part) in words for part in row["quote"].split())
            if quote and "spans" not in row and not any(shares(words) for _, words in entities):
                faults.append(f"{path.name}: the annotation {names} of «{quote}» is not there, and nothing lies over it")
        if path.suffix == ".conllu":
            faults.extend(validated(path))
    return faults


def validated(path):
    """What the validator of Universal Dependencies says at level 2, warnings too."""
    from udtools import Validator

    state = Validator(lang="ud", level=2, output=None).validate_files([str(path)])
    return [f"{path.name}, line {one.lineno}: {one.message}" for one in state.error_tracker]


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    wrong = check(sys.argv[1], rows)
    print("\n".join(wrong) or f"{len(rows)} annotations: all is well")
    sys.exit(bool(wrong))
