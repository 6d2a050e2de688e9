"""A reader of RON, as far as Hashiya's files use it: structs become dicts (a name goes under the key ``""``), tuples and
lists become lists, `Some(x)` becomes x, `None` becomes None, maps become dicts.
"""

import re

TOKEN = re.compile(
    r"""\s*(?://[^\n]*\s*|/\*.*?\*/\s*)*(?:
        (?P<string>"(?:[^"\\]|\\.)*")
      | r(?P<hashes>\#*)"(?P<raw>.*?)"(?P=hashes)
      | (?P<character>'(?:[^'\\]|\\.[^']*)')
      | (?P<number>[+-]?(?:0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>\#!\[[^\]]*\]|[()\[\]{}:,])
    )""",
    re.VERBOSE | re.DOTALL,
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


class _Reader:
    def __init__(self, text):
        self.tokens = []
        at, text = 0, text.strip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match or match.end() == at:
                if not text[at:].strip() or text[at:].lstrip().startswith("//"):
                    break
                raise ValueError(f"no RON at {text[at:at + 40]!r}")
            at = match.end()
            kind = match.lastgroup
            if kind == "sign" and match["sign"].startswith("#!"):
                continue
            self.tokens.append((kind, match[kind]))
        self.at = 0

    def peek(self, ahead=0):
        i = self.at + ahead
        return self.tokens[i] if i < len(self.tokens) else ("end", "")

    def take(self):
        token = self.peek()
        self.at += 1
        return token

    def value(self):
        kind, text = self.take()
        if kind == "string":
            return _unescape(text[1:-1])
        if kind == "raw":
            return text
        if kind == "character":
            return _unescape(text[1:-1])
        if kind == "number":
            plain = text.replace("_", "")
            return int(plain, 0) if re.fullmatch(r"[+-]?(0x[0-9a-fA-F]+|[0-9]+)", plain) else float(plain)
        if kind == "name":
            if text in ("true", "false"):
                return text == "true"
            if text == "None":
                return None
            if self.peek() != ("sign", "("):
                return text
            self.take()
            inner = self.group()
            if text == "Some":
                return inner[0] if isinstance(inner, list) else inner
            return {"": text, **inner} if isinstance(inner, dict) else {"": text, "values": inner}
        if (kind, text) == ("sign", "("):
            return self.group()
        if (kind, text) == ("sign", "["):
            return self.until("]", self.value)
        if (kind, text) == ("sign", "{"):
            return dict(self.until("}", self.pair))
        raise ValueError(f"no RON value at {text!r}")

    def group(self):
        """What follows `(`: fields when the first thing is `name:`, else values."""
        if self.peek()[0] == "name" and self.peek(1) == ("sign", ":"):
            return dict(self.until(")", self.pair))
        return self.until(")", self.value)

    def pair(self):
        key = self.take()[1] if self.peek()[0] == "name" else self.value()
        if self.take() != ("sign", ":"):
            raise ValueError(f"no colon after {key!r}")
        return key, self.value()

    def until(self, close, item):
        items = []
        while self.peek() != ("sign", close):
            items.append(item())
            if self.peek() == ("sign", ","):
                self.take()
        self.take()
        return items


def _unescape(text):
    def one(match):
        code = match[1]
        if code.startswith("u"):
            return chr(int(code[2:-1], 16))
        if code.startswith("x"):
            return chr(int(code[1:], 16))
        return ESCAPES.get(code, code)

    return re.sub(r"\\(u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|.)", one, text, flags=re.DOTALL)


def read(text):
    """The values in a RON text: a file may hold one value, or one value a line."""
    reader = _Reader(text)
    values = []
    while reader.peek()[0] != "end":
        values.append(reader.value())
        if reader.peek() == ("sign", ","):
            reader.take()
    return values


def records(value, wanted):
    """Every dict inside `value`, at any depth, that has all the `wanted` keys."""
    if isinstance(value, dict):
        if all(key in value for key in wanted):
            yield value
        for inner in value.values():
            yield from records(inner, wanted)
    elif isinstance(value, list):
        for inner in value:
            yield from records(inner, wanted)
