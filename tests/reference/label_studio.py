"""label-studio: its own converter reads the tasks with the labelling configuration, and every region covers what it quotes.

    check(folder, expected_rows) -> list of faults, one sentence each; an empty list says that all is well.

`folder` is what `hashiya export --format label-studio` made, `expected_rows` the objects of `--format jsonl` of the same project. The converter slices
texts as Python does, by code points. The format has one place for a mark, so one of several parts goes from the first to the last.
"""

import json
from pathlib import Path


def check(folder, expected_rows):
    from label_studio_sdk.converter import Converter

    tasks = str(Path(folder) / "tasks.json")
    converter = Converter((Path(folder) / "config.xml").read_text("utf-8"), None, download_resources=False)
    faults, found = [], {}
    for item in converter.iter_from_json_file(tasks):
        text, document = item["input"]["text"], item["input"]["document"]
        for region in item["output"].get("label", []):
            start, end = region["start"], region["end"]
            if text[start:end] != region["text"]:
                faults.append(f"document {document}: «{text[start:end]}» stands where it quotes «{region['text']}»")
            unknown = set(region["labels"]) - set(converter._schema["label"]["labels"]) - {"UNTAGGED"}
            if unknown:
                faults.append(f"document {document}: the configuration has no labels {sorted(unknown)}")
            found.setdefault((document, start, end), []).append((region["text"], region["labels"]))
    rows = {}
    for row in expected_rows:
        rows.setdefault((row["document"], row["start"], row["end"]), []).append(row)
    for place, regions in found.items():
        here = rows.pop(place, [])
        tags = sorted(tag for row in here for tag in row["tags"] or ["UNTAGGED"])
        labels = sorted(label for _, labels in regions for label in labels)
        if labels != tags:
            faults.append(f"at {place}: the labels are {labels} instead of {tags}")
        for row in here:
            if not row.get("spans") and any(text != row["quote"] for text, _ in regions):
                faults.append(f"annotation {row['id']}: its region quotes {regions} instead of «{row['quote']}»")
    faults += [f"annotation {row['id']}: it has no region" for here in rows.values() for row in here]
    with open(tasks, encoding="utf-8") as opened:
        arrows = [one for task in json.load(opened) for one in task["annotations"][0]["result"] if one["type"] == "relation"]
    known = {row["id"] for row in expected_rows}
    for arrow in arrows:
        if not {arrow["from_id"].split("/")[0], arrow["to_id"].split("/")[0]} <= known:
            faults.append(f"a relation leads from {arrow['from_id']} to {arrow['to_id']}, which are not there")
    return faults
