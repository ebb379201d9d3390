"""Writes the Python client of the API from its OpenAPI document: clients/python/voronka_api.py.

`python tools/api_client.py` writes it, with `--check` it says whether the one that is there is up to date.
"""

import keyword
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "clients" / "python" / "voronka_api.py"
BASE = Path(__file__).with_name("api_client_base.py")
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
Schema = dict[str, Any]


def document() -> Schema:
    """Return the OpenAPI document in English."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voronka.config.settings")
    os.environ.setdefault("VORONKA_SECRET_KEY", "only-to-write-the-client-" * 2)
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django.utils import translation

    from voronka.connect.api import document as made

    with translation.override("en"):
        return made.document()


def written(found: Schema) -> str:
    """Return the client's source for a document, formatted."""
    pieces = [BASE.read_text("utf-8")]
    pieces += [_typed_dict(name, schema) for name, schema in sorted(found["components"]["schemas"].items())]
    pieces.append('class Voronka(Transport):\n    """Every operation of the API as a method."""\n')
    for path, ways in found["paths"].items():
        pieces += [
            _method(path, method, operation, found["components"]["schemas"]) for method, operation in ways.items()
        ]
    done = subprocess.run(
        [Path(sys.executable).parent / "ruff", "format", "--stdin-filename", TARGET, "-"],
        input="\n\n".join(pieces),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return done.stdout


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return f'"{_name(schema["$ref"].rsplit("/", 1)[-1])}"'
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    for word in ("anyOf", "allOf"):
        if word in schema:
            kinds = list(dict.fromkeys(_type(one).strip('"') for one in schema[word]))
            joined = " | ".join(kinds)
            return f'"{joined}"' if any("$ref" in one for one in schema[word]) else joined
    kind = schema.get("type")
    if kind == "array":
        inner = _type(schema.get("items", {}))
        return f"list[{inner}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {_type(values)}]" if isinstance(values, dict) and values else "dict[str, Any]"
    return SCALARS.get(kind, "Any") if isinstance(kind, str) else "Any"


def _name(name: str) -> str:
    return re.sub(r"\W", "", name)


def _typed_dict(name: str, schema: Schema) -> str:
    lines = [f"class {_name(name)}(TypedDict):", f'    """{_words(schema.get("description", name))}"""', ""]
    required = set(schema.get("required", []))
    # What comes out is always whole; what goes in may leave out all that has a default.
    for field, one in schema.get("properties", {}).items():
        kind = _type(one)
        lines.append(f"    {field}: {kind if field in required else f'NotRequired[{kind}]'}")
    return "\n".join(lines)


def _words(text: str) -> str:
    line = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    return line if line.endswith((".", "?", "!")) else f"{line}."


def _method(path: str, method: str, operation: Schema, schemas: Schema) -> str:
    parameters = operation.get("parameters", [])
    in_path = [one["name"] for one in parameters if one["in"] == "path"]
    numbers = {one["name"] for one in parameters if one["in"] == "path" and one["schema"].get("type") == "integer"}
    in_query = [one for one in parameters if one["in"] == "query" and not one["name"].startswith("f.")]
    has_filters = any(one["name"].startswith("f.") for one in parameters)
    content = operation.get("requestBody", {}).get("content", {})
    given = [f"{name}: {'int' if name in numbers else 'str'}" for name in in_path]
    passed = []
    if "application/json" in content:
        given.append(f"sent: {_type(content['application/json']['schema'])}")
        passed.append("sent=sent")
    if "multipart/form-data" in content:
        whole = content["multipart/form-data"]["schema"]
        fields = {name: one for name, one in whole["properties"].items() if name != "file"}
        is_list = whole["properties"]["file"]["type"] == "array"
        if fields:
            needed = [name for name in whole["required"] if name != "file"]
            form = next(
                name
                for name, one in schemas.items()
                if (list(one.get("properties", {})), one.get("required", [])) == (list(fields), needed)
            )
            given.append(f'sent: "{_name(form)}"')
            passed.append("sent=sent")
        given.append("file: Sequence[tuple[str, bytes]]" if is_list else "file: tuple[str, bytes]")
        passed.append("files=file" if is_list else "files=[file]")
    named = [f"{_safe(one['name'])}: {_query_type(one)} = None" for one in in_query]
    query = ", ".join(f'"{one["name"]}": {_safe(one["name"])}' for one in in_query)
    if has_filters:
        named.append("filters: Mapping[str, str] | None = None")
        query += ', **{f"f.{code}": text for code, text in (filters or {}).items()}'
    if query:
        passed.append(f"query={{{query}}}")
    if method != "get":
        named.append("token: str | None = None")
        passed.append("token=token")
    if any(one["name"] == "If-Match" for one in parameters):
        named.append("match: str | None = None")
        passed.append("match=match")
    arguments = ["self", *given, *(["*", *named] if named else [])]
    answer = _answer(operation)
    address = re.sub(r"{(\w+)}", r"{_quoted(\1)}", path)
    words = [f'"{method.upper()}"', f'f"{address}"' if in_path else f'"{path}"', *passed]
    call = f"self.call({', '.join(words)})"
    body = f"        {call}" if answer == "None" else f"        return cast({answer!r}, {call})"
    return (
        f"    def {operation['operationId']}({', '.join(arguments)}) -> {answer}:\n"
        f'        """{_words(operation["summary"])}"""\n{body}\n'
    )


def _safe(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _query_type(parameter: Schema) -> str:
    kind = _type(parameter["schema"])
    return kind if "None" in kind else f"{kind} | None"


def _answer(operation: Schema) -> str:
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            content = answer.get("content", {})
            if "application/json" in content:
                return _type(content["application/json"]["schema"]).strip('"')
            return "bytes" if content else "None"
    return "None"


def main() -> int:
    """Write the client, or check it; return 1 when it is out of date."""
    fresh = written(document())
    if "--check" in sys.argv:
        current = TARGET.read_text("utf-8") if TARGET.exists() else ""
        if current != fresh:
            sys.stdout.write("clients/python/voronka_api.py is out of date: run python tools/api_client.py\n")
        return int(current != fresh)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(fresh, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
