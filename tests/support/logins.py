"""People who log in with tokens, as an identity provider gives them: here from a file that the API server has."""

from __future__ import annotations

from pathlib import Path

LOGINS = {
    "token-of-ana": "ana@example.com",
    "second-token-of-ana": "oidc:ana@example.com",
    "token-of-bo": "bo@example.com",
}
"""Who each token is of."""


def flags(folder: Path) -> dict[str, str]:
    """What the API server is started with so that it knows them."""
    file = folder / "tokens.csv"
    file.write_text("".join(f'{token},{name},uid-of-{name},"dev"\n' for token, name in LOGINS.items()))
    return {"token-auth-file": str(file)}
