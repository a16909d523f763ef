"""The simulator as a server: a thread for each connection, which stays open as long as the client likes."""

import contextlib
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

# moto reads it when it is loaded: the images of a region take it a second each, and nobody asks for them here.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

from sundown_lab.aws.answers import Answer
from sundown_lab.aws.control import PREFIX, control
from sundown_lab.aws.door import Door, Request
from sundown_lab.errors import LabError
from sundown_lab.processes import LOOPBACK


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # buffered: an answer leaves in one piece
    server: "Server"

    def _any(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, unquote(url.path), url.query, headers, body)
        door = self.server.door
        try:
            answer = control(door, request) if request.path.startswith(PREFIX) else door.answer(request)
        except Exception:
            # A mistake of the simulator's is not to look like a fault that somebody asked for.
            traceback.print_exc()
            answer = Answer(500, "text/plain", traceback.format_exc().encode())
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any  # noqa: N815  (names that http.server looks for)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name that http.server gives it)
        """Says nothing: the traffic log has it all."""


class Server(ThreadingHTTPServer):
    """The socket that listens, and the door behind it."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, door: Door, *, port: int) -> None:
        self.door = door
        super().__init__((LOOPBACK, port), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error; all others are shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextlib.contextmanager
def serving(*, port: int = 0) -> Iterator[str]:
    """A simulator in threads of this process, and its URL; port 0 takes a free one. Raises LabError: the port is taken."""
    try:
        server = Server(Door(), port=port)
    except OSError as error:
        raise LabError(f"port {port} cannot be used: {error.strerror or error}") from error
    thread = threading.Thread(target=server.serve_forever, name="sundown-lab-aws", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
