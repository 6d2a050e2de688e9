"""refi-qda and refi-codebook: pyrefiqda loads them, the project is valid by the schema, and every selection covers what it quotes.

    check(archive, expected_rows) -> list of faults, one sentence each; an empty list says that all is well.
    check_schema(archive, expected_rows) -> the same of project.qde by REFI's schema, with lxml.
    check_codebook(file, expected_rows) -> the same of a codebook.
    check_codebook_schema(file, expected_rows) -> the same of a codebook by REFI's schema, with lxml.

`archive` is what `hashiya export --format refi-qda` wrote, `file` what `--format refi-codebook` did, `expected_rows` the objects of `--format jsonl`
of the same project.
"""

import tempfile
import zipfile
from pathlib import Path

SCHEMAS = Path(__file__).parent.parent / "fixtures/exchange/refi"


def codes_of(code):
    yield code
    for child in code.code:
        yield from codes_of(child)


def check(archive, expected_rows):
    from pyrefiqda import RefiProject

    faults = []
    with tempfile.TemporaryDirectory() as folder:
        project = RefiProject.load(archive, folder)
        texts = {}
        for source in project.sources.text_source:
            path = RefiProject.resolve_source_path(source.plain_text_path, folder)
            texts[source.guid] = path.read_bytes().decode("utf-8")
        notes = {}
        for note in project.notes.note if project.notes else []:
            if note.plain_text_path:
                path = RefiProject.resolve_source_path(note.plain_text_path, folder)
                notes[note.guid] = path.read_bytes().decode("utf-8")
            else:
                notes[note.guid] = note.plain_text_content
    users = {user.guid: user.name for user in project.users.user}
    names = {code.guid: code.name for root in project.code_book.codes.code for code in codes_of(root)}
    parts = {}
    for link in project.links.link if project.links else []:
        if link.name == "part" and link.direction.value == "Associative":
            parts.setdefault(link.origin_guid, []).append(link.target_guid)
    selections = {
        selection.guid: (source.guid, selection)
        for source in project.sources.text_source
        for selection in source.plain_text_selection
    }
    for row in expected_rows:
        at = f"annotation {row['id']}"
        whole = [selections.pop(guid, None) for guid in [row["id"], *parts.get(row["id"], [])]]
        if None in whole:
            faults.append(f"{at}: a part of it is not there")
            continue
        words = [texts[source][one.start_position : one.end_position] for source, one in whole]
        if " ".join(words) != row["quote"]:
            faults.append(f"{at}: it covers «{' '.join(words)}» and quotes «{row['quote']}»")
        source, first = whole[0]
        if (source, first.start_position) != (row["document"], row["start"]):
            faults.append(f"{at}: it stands at {first.start_position} in {source}")
        tags = [names[coding.code_ref.target_guid] for coding in first.coding]
        if tags != (row["tags"] or ["UNTAGGED"]):
            faults.append(f"{at}: it has the codes {tags} instead of {row['tags']}")
        if users[first.creating_user] != row["coder"]:
            faults.append(f"{at}: {users[first.creating_user]} made it and not {row['coder']}")
        if "".join(notes[note.target_guid] for note in first.note_ref) != row["note"]:
            faults.append(f"{at}: its note is another")
    faults += [f"selection {guid}: no annotation was exported under this id" for guid in selections]
    return faults


def misfits(document, schema):
    """What of a document is not as a schema has it."""
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(str(SCHEMAS / schema)))
    schema.validate(document)
    return [f"line {error.line}: {error.message}" for error in schema.error_log]


def check_schema(archive, expected_rows):
    from lxml import etree

    with zipfile.ZipFile(archive) as zipped:
        project = etree.fromstring(zipped.read("project.qde"))
    faults = [f"project.qde, {fault}" for fault in misfits(project, "Project.xsd")]
    count = len(project.findall(".//{*}PlainTextSelection"))
    if count < len(expected_rows):
        faults.append(f"{count} selections for {len(expected_rows)} annotations")
    return faults


def check_codebook(file, expected_rows):
    from pyrefiqda import RefiCodebook

    codebook = RefiCodebook.load(file)
    names = [code.name for root in codebook.codes.code for code in codes_of(root)]
    used = {tag for row in expected_rows for tag in row["tags"]}
    faults = [f"the tag «{tag}» is not there" for tag in sorted(used.difference(names))]
    if len(names) != len(set(names)):
        faults.append("a tag stands there twice")
    return faults


def check_codebook_schema(file, expected_rows):
    from lxml import etree

    codebook = etree.parse(file)
    faults = misfits(codebook, "Codebook.xsd")
    # A check that nothing can fail would say nothing.
    codebook.getroot()[0][0].attrib.pop("guid")
    return faults if misfits(codebook, "Codebook.xsd") else [*faults, "the schema takes a code without a GUID"]
