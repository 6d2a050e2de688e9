"""jsonl, csv and xlsx: duckdb and openpyxl read the same rows.

    check_jsonl(file, expected_rows), check_csv(file, expected_rows), check_xlsx(file, expected_rows)
        -> list of faults, one sentence each; an empty list says that all is well.

`expected_rows` are the objects of `--format jsonl` of the same project, read by Python itself.
"""

import json
import re

NUMBERS = {"start_byte", "end_byte", "start", "end", "start_utf16", "end_utf16", "line"}
LISTS = {"tags", "attributes", "spans"}


def same(row, read, where):
    """Faults of one row; cells are texts and numbers."""
    faults = []
    for column, value in row.items():
        cell = read.get(column)
        if column in NUMBERS:
            cell = None if cell is None else int(cell)
        elif column in LISTS:
            cell = json.loads(cell) if cell else []
        elif cell is None:
            cell = ""
        if cell != value and not (column in LISTS and not cell and not value):
            faults.append(f"{where}, annotation {row['id']}: «{column}» is {cell!r} instead of {value!r}")
    return faults


def compare(expected_rows, read, where):
    read = {row["id"]: row for row in read}
    faults = [] if len(read) == len(expected_rows) else [f"{where}: {len(read)} rows instead of {len(expected_rows)}"]
    for row in expected_rows:
        faults += same(row, read.get(row["id"], {}), where)
    return faults


def by_duckdb(query, file):
    import duckdb

    found = duckdb.execute(query, [str(file)])
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row)) for row in found.fetchall()]


def check_csv(file, expected_rows):
    read = by_duckdb("select * from read_csv(?, header = true, all_varchar = true, quote = '\"', escape = '\"', delim = ',')", file)
    for row in read:
        for column, cell in row.items():
            # What was defused for spreadsheets, which run what looks like a formula.
            if cell and cell.startswith("'") and cell.lstrip("'")[:1] in tuple("=+-@\t\r"):
                row[column] = cell[1:]
    return compare(expected_rows, read, "csv")


def check_jsonl(file, expected_rows):
    columns = {column: "JSON" if column in LISTS else "VARCHAR" for row in expected_rows for column in row}
    types = ", ".join(f'"{column}": \'{kind}\'' for column, kind in columns.items())
    query = f"select * from read_json(?, format = 'newline_delimited', columns = {{{types}}})"
    return compare(expected_rows, by_duckdb(query, file), "jsonl")


def check_xlsx(file, expected_rows):
    import openpyxl

    sheet = openpyxl.load_workbook(file, read_only=True).active
    header, *rows = sheet.iter_rows(values_only=True)
    read = [dict(zip(header, map(written, row))) for row in rows]
    return compare(expected_rows, read, "xlsx")


def written(cell):
    """A text as it was before the workbook escaped it: openpyxl leaves _xHHHH_ as it stands."""
    if not isinstance(cell, str):
        return cell
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), cell)
