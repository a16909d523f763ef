"""What the body of an answer is, for those who read one and know nothing of how it came."""

from __future__ import annotations

Body = bytes | bytearray
