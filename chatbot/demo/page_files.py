"""The chat page: a handful of static files, never cached, so that a changed page is the page you see."""

import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

_FOLDER = Path(__file__).with_name("page")


def routes() -> list[BaseRoute]:
    """`/` and `/page/<file>`."""
    return [Route("/", _index), Route("/page/{name}", _file)]


async def _index(request: Request) -> Response:
    return _serve("index.html")


async def _file(request: Request) -> Response:
    return _serve(request.path_params["name"])


def _serve(name: str) -> Response:
    # Only names of files that lie directly in the folder: nothing else can be reached.
    path = next((path for path in _FOLDER.iterdir() if path.name == name and path.is_file()), None)
    if path is None:
        return Response("Not found", 404, media_type="text/plain")
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=media_type, headers={"cache-control": "no-store"})
