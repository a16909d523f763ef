"""The page draws every emoji that Sundown uses, on machines without a font for them too."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "operator" / "sundown_lab" / "slack" / "page" / "js"
FRONTDESK = Path(__file__).parents[3] / "operator" / "sundown" / "frontdesk"
NO_EMOJI = {"uuid", "sundown"}
"""What stands between colons for another reason."""


def used() -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FRONTDESK.rglob("*.py")))
    return set(re.findall(r"(?<![\w.]):([a-z][a-z_]{2,30}):", text)) - NO_EMOJI


def test_each_one_that_is_used_is_drawn() -> None:
    known = (PAGE / "emoji.js").read_text(encoding="utf-8"), (PAGE / "emoji_art.js").read_text(encoding="utf-8")
    assert {"warning", "zzz", "raised_hand"} <= used()
    for listed in known:
        assert {name for name in used() if not re.search(rf"\b{name}:", listed)} == set()
