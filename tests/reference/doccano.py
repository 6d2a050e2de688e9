"""doccano: spaCy takes every label as a span of characters, and each covers what it quotes.

    check(file, expected_rows) -> list of faults, one sentence each; an empty list says that all is well.

`file` is what `hashiya export --format doccano` wrote, `expected_rows` the objects of `--format jsonl` of the same project. The format has one place for
a mark, so one of several parts goes from the first to the last.
"""

import hashlib
import json


def check(file, expected_rows):
    import spacy

    blank = spacy.blank("ar")
    faults, found = [], {}
    with open(file, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            document = json.loads(line)
            text = document["text"]
            read = blank.make_doc(text)
            if read.text != text:
                faults.append(f"document {document.get('id')}: spaCy reads another text")
            for label in document["label"]:
                start, end, tag = label
                span = read.char_span(start, end, label=tag, alignment_mode="expand")
                if span is None or text[start:end] not in span.text:
                    faults.append(f"the label {label}: spaCy finds no such span")
                found.setdefault((text, start, end), []).append((tag, text[start:end]))
    rows = {}
    for row in expected_rows:
        rows.setdefault((row["start"], row["end"], row["text_sha256"]), []).append(row)
    for (text, start, end), labels in found.items():
        here = rows.pop((start, end, hashlib.sha256(text.encode()).hexdigest()), None)
        if here is None:
            faults.append(f"a label at {start}–{end}: no annotation stands there")
            continue
        tags = sorted(tag for row in here for tag in row["tags"] or ["UNTAGGED"])
        if sorted(tag for tag, _ in labels) != tags:
            faults.append(f"at {start}–{end}: the labels are {sorted(tag for tag, _ in labels)} instead of {tags}")
        for row in here:
            if not row.get("spans") and labels[0][1] != row["quote"]:
                faults.append(f"annotation {row['id']}: the label covers «{labels[0][1]}» and quotes «{row['quote']}»")
    faults += [f"annotation {row['id']}: it has no label" for here in rows.values() for row in here]
    return faults
