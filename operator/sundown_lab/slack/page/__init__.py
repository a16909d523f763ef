"""The page of the simulator: files as they are, without a build step, drawing what the control API says."""

from pathlib import Path

from aiohttp import web

_HERE = Path(__file__).parent
_FOLDERS = ("css", "js")


async def _index(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(_HERE / "index.html", headers={"Cache-Control": "no-cache"})


async def _icon(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(_HERE / "icon.svg")


def page_routes() -> list[web.AbstractRouteDef]:
    """What the simulator's server serves to a browser: the page at ``/``, its styles and scripts beside it."""
    folders = [web.static(f"/{name}", _HERE / name) for name in _FOLDERS]
    return [web.get("/", _index), web.get("/icon.svg", _icon), *folders]
