"""Reading what was posted, as somebody who looks at it does."""

from typing import Any

Json = dict[str, Any]


def actions(where: Json) -> list[str]:
    """The action_ids that a message or a view offers, in order."""
    found: list[str] = []
    for block in where["blocks"]:
        inside = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        found += [each["action_id"] for each in inside if isinstance(each, dict) and "action_id" in each]
    return found


def words(where: Json) -> str:
    """All that a message or a view says: its text, and every text in its blocks."""
    found: list[str] = [str(where.get("text") or where.get("title") or "")]

    def look(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("text"), str):
                found.append(part["text"])
            for inner in part.values():
                look(inner)
        elif isinstance(part, list):
            for inner in part:
                look(inner)

    look(where["blocks"])
    return "\n".join(found)
