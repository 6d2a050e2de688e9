"""tei: every file is valid by tei_all, and every span covers what it quotes.

    check(folder, expected_rows) -> list of faults, one sentence each; an empty list says that all is well. With lxml.
    check_schema(folder, expected_rows) -> the same of the files by tei_all, with jing.

`folder` is what `hashiya export --format tei` made, `expected_rows` the objects of `--format jsonl` of the same project. The text is what stands in
`ab`, an `lb` for each line end; a span is what stands between the anchors that it names.
"""

import gzip
import hashlib
import re
import subprocess
import tempfile
from pathlib import Path

SCHEMA = Path(__file__).parent.parent / "fixtures/exchange/tei/tei_all.rng.gz"
TEI = "{http://www.tei-c.org/ns/1.0}"
ID = "{http://www.w3.org/XML/1998/namespace}id"

# What XML 1.0 cannot hold, and what stands for it.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read(block):
    """The text of a block, and where its anchors stand."""
    text, anchors = block.text or "", {}
    for element in block:
        if element.tag == TEI + "lb":
            text += "\n"
        elif element.tag == TEI + "anchor":
            anchors["#" + element.get(ID)] = len(text)
        text += element.tail or ""
    return text, anchors


def check(folder, expected_rows):
    from lxml import etree

    faults, spans, hashes = [], {}, {}
    for path in sorted(Path(folder).glob("*.xml")):
        root = etree.parse(str(path)).getroot()
        text, anchors = read(root.find(f".//{TEI}ab"))
        numbers = {idno.get("type"): idno.text for idno in root.iter(TEI + "idno")}
        hashes[numbers["UUID"]] = numbers["SHA-256"]
        if "\ufffd" not in text and hashlib.sha256(text.encode()).hexdigest() != numbers["SHA-256"]:
            faults.append(f"{path.name}: its text is another")
        names = {"#" + one.get(ID): one.findtext(f"{TEI}catDesc/{TEI}term") for one in root.iter(TEI + "category")}
        for span in root.iter(TEI + "span"):
            spans[span.get(ID)] = (numbers["UUID"], text, anchors, names, span)
    for row in expected_rows:
        at, name = f"annotation {row['id']}", f"annotation-{row['id']}"
        words, start = [], None
        while name:
            if name not in spans:
                faults.append(f"{at}: there is no span {name}")
                break
            document, text, anchors, names, span = spans.pop(name)
            begin, end = anchors[span.get("from")], anchors[span.get("to")]
            start = begin if start is None else start
            words.append(text[begin:end])
            tags = [names[tag] for tag in span.get("ana").split()]
            if tags != (row["tags"] or ["UNTAGGED"]):
                faults.append(f"{at}: it has the tags {tags} instead of {row['tags']}")
            name = (span.get("next") or "").lstrip("#")
        if " ".join(words) != ILLEGAL.sub("\ufffd", row["quote"]):
            faults.append(f"{at}: it covers «{' '.join(words)}» and quotes «{row['quote']}»")
        if start != row["start"]:
            faults.append(f"{at}: it stands at {start}")
    faults += [f"{name}: no annotation was exported under this id" for name in spans]
    return faults


def check_schema(folder, expected_rows):
    files = sorted(str(path) for path in Path(folder).glob("*.xml"))
    with tempfile.NamedTemporaryFile(suffix=".rng") as schema:
        schema.write(gzip.decompress(SCHEMA.read_bytes()))
        schema.flush()
        outcome = subprocess.run(["jing", schema.name, *files], capture_output=True, text=True)
    if outcome.returncode == 0:
        return [] if files else ["there is no file"]
    return [line for line in outcome.stdout.splitlines() if line] or [outcome.stderr.strip()]
