"""Examples of documents, made of the examples of their fields."""

from collections.abc import Mapping
from typing import Any

DEEPEST = 16
Schema = Mapping[str, Any]  # JSON Schema has its own open shape


def example_for(schema: Schema, schemas: Schema, depth: int = 0) -> Any:  # an example is any JSON
    """Return an example of a JSON schema: what its fields give as examples, else something of their type."""
    if depth > DEEPEST:
        return None
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    if "$ref" in schema:
        return example_for(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        first = next((one for one in schema["anyOf"] if one.get("type") != "null"), {"type": "null"})
        return example_for(first, schemas, depth + 1)
    if "default" in schema:
        return schema["default"]
    if "allOf" in schema:
        return example_for(schema["allOf"][0], schemas, depth + 1)
    return _of_type(schema, schemas, depth)


def _of_type(schema: Schema, schemas: Schema, depth: int) -> Any:  # an example is any JSON
    match schema.get("type"):
        case "object":
            return {name: example_for(one, schemas, depth + 1) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [example_for(schema.get("items", {}), schemas, depth + 1)]
        case "string":
            return {"date-time": "2026-11-24T09:30:00Z", "date": "2026-11-24"}.get(schema.get("format", ""), "")
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
    return None
