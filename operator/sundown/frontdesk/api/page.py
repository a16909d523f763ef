"""The page of the API for people, at ``/docs``: Swagger UI from its wheel, offline, under a policy that lets nothing else in."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from aiohttp import web

PATH = "/docs"
DOCUMENT = "/openapi.json"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_WHEEL = "mkdocs_swagger_ui_tag"
FILES = {
    "swagger-ui-bundle.js": ("javascripts/swagger-ui-bundle.js", "text/javascript"),
    "swagger-ui.css": ("stylesheets/swagger-ui.css", "text/css"),
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sundown API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """"use strict";
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,
  displayRequestDuration: true,
  persistAuthorization: false,
  docExpansion: "list",
});
"""
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def routes(document: Callable[[], bytes]) -> list[web.RouteDef]:
    """The page, what it loads, and the document that it shows: open to everybody, for it says nothing of the cluster."""

    async def page(_: web.Request) -> web.Response:
        return _response(_PAGE.encode(), "text/html")

    async def start(_: web.Request) -> web.Response:
        return _response(_START.encode(), "text/javascript")

    async def described(_: web.Request) -> web.Response:
        return _response(document(), "application/json")

    async def loaded(request: web.Request) -> web.Response:
        name = request.match_info["file"]
        if name not in FILES:
            raise web.HTTPNotFound
        plain = "gzip" not in request.headers.get("Accept-Encoding", "")
        body = packed(name)
        response = _response(gzip.decompress(body) if plain else body, FILES[name][1])
        if not plain:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        return response

    return [
        web.get(PATH, page),
        web.get(f"{PATH}/start.js", start),
        web.get(f"{PATH}/{{file}}", loaded),
        web.get(DOCUMENT, described),
    ]


@lru_cache(maxsize=len(FILES))
def packed(name: str) -> bytes:
    """A file of the wheel, compressed once."""
    return gzip.compress((_folder() / FILES[name][0]).read_bytes(), mtime=0)


def _folder() -> Path:
    # Not imported: what the wheel does for MkDocs is none of our business.
    spec = find_spec(_WHEEL)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "swagger-ui"


def _response(body: bytes, content_type: str) -> web.Response:
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=_HEADERS)
