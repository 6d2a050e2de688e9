"""web-annotation: pyld reads the collection as linked data, and every target covers what it quotes.

    check(file, expected_rows, texts) -> list of faults, one sentence each; an empty list says that all is well.

`file` is what `hashiya export --format web-annotation` wrote, `expected_rows` the objects of `--format jsonl` of the same project, `texts` its texts by
the ids of their documents, for the format does not hold them. Nothing is fetched: the context of the collection is the W3C's own, kept among the fixtures,
and a word that it does not have is a fault.
"""

import json
from pathlib import Path

OA = "http://www.w3.org/ns/oa#"
AS = "http://www.w3.org/ns/activitystreams#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/terms/"
XSD = "http://www.w3.org/2001/XMLSchema#"
BASE = "http://documents.example/"

CONTEXT = json.loads((Path(__file__).parent.parent / "fixtures/exchange/web-annotation/anno.jsonld").read_text("utf-8"))


def load(url, options=None):
    if url != "http://www.w3.org/ns/anno.jsonld":
        raise RuntimeError(f"the export asks for {url}")
    return {"contextUrl": None, "documentUrl": url, "document": CONTEXT}


def words(value, top=True):
    """Every key and type of a JSON document, but for its context."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "@context":
                continue
            yield key
            if key == "type":
                yield inner
            yield from words(inner, False)
    elif isinstance(value, list):
        for inner in value:
            yield from words(inner, False)


def check(file, expected_rows, texts):
    from pyld import jsonld

    with open(file, encoding="utf-8") as opened:
        collection = json.load(opened)
    unknown = {word for word in words(collection) if word not in CONTEXT["@context"] and not word.startswith("hashiya:")}
    faults = [f"the vocabulary has no «{word}»" for word in sorted(unknown)]
    [expanded] = jsonld.expand(collection, {"documentLoader": load, "base": BASE})
    [page] = expanded[AS + "first"]
    one = lambda node, key: node[OA + key][0]["@value"]
    found = {}
    for annotation in page[AS + "items"][0]["@list"]:
        parts = []
        for target in annotation[OA + "hasTarget"]:
            document = target[OA + "hasSource"][0]["@id"].removeprefix(BASE)
            selectors = {selector["@type"][0]: selector for selector in target[OA + "hasSelector"]}
            place, quote = selectors[OA + "TextPositionSelector"], selectors[OA + "TextQuoteSelector"]
            text, start, end = texts[document], one(place, "start"), one(place, "end")
            if text[start:end] != one(quote, "exact"):
                faults.append(f"{annotation['@id']}: «{text[start:end]}» stands where it quotes «{one(quote, 'exact')}»")
            around = text[:start].endswith(one(quote, "prefix")) and text[end:].startswith(one(quote, "suffix"))
            if not around:
                faults.append(f"{annotation['@id']}: what it says stands round it does not")
            parts.append((document, start, text[start:end]))
        tags = [
            body[RDF + "value"][0]["@value"]
            for body in annotation.get(OA + "hasBody", [])
            if body.get(OA + "hasPurpose", [{}])[0].get("@id") == OA + "tagging"
        ]
        found[annotation["@id"].removeprefix("urn:uuid:")] = (parts, tags)
    for row in expected_rows:
        at = f"annotation {row['id']}"
        if row["id"] not in found:
            faults.append(f"{at}: it is not there")
            continue
        parts, tags = found.pop(row["id"])
        if " ".join(quote for _, _, quote in parts) != row["quote"] or parts[0][:2] != (row["document"], row["start"]):
            faults.append(f"{at}: it stands on {parts} and quotes «{row['quote']}»")
        if sorted(tags) != sorted(row["tags"]):
            faults.append(f"{at}: it has the tags {tags} instead of {row['tags']}")
    faults += [f"annotation {id}: nothing was exported under this id" for id in found]
    for key, kind in [("created", "dateTime"), ("modified", "dateTime")]:
        if any(one[DC + key][0].get("@type") != XSD + kind for one in page[AS + "items"][0]["@list"]):
            faults.append(f"a time that is «{key}» is no {kind}")
    if expanded[AS + "totalItems"][0]["@value"] != len(expected_rows):
        faults.append("the collection says another number of annotations")
    return faults
