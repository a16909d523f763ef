"""The way in: every call is read, counted, perhaps faulted or refused, and else answered by moto, one at a time."""

import io
import re
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from sundown_lab.aws import mending, rules
from sundown_lab.aws.answers import Answer, refused
from sundown_lab.aws.asked import Asked, asked
from sundown_lab.aws.describing import described_instances
from sundown_lab.aws.faults import Faults
from sundown_lab.aws.traffic import Traffic
from sundown_lab.aws.transitions import Transitions

CODE = re.compile(rb'<Code>([^<]+)</Code>|"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"')
DATABASE_STATE = re.compile(rb"<(DBInstanceStatus|Status)>(?:available|stopped|started)</\1>")


@dataclass(frozen=True)
class Request:
    """A request over HTTP; the names of the headers are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Dispatcher(DomainDispatcherApplication):
    """moto's, which looks through its own folders for each call to find out which service a host is."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._known: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        """The service, as moto has found it the first time."""
        if host not in self._known:
            self._known[host] = super().get_backend_for_host(host)
        return self._known[host]


class Door:
    """Where all calls go through. moto is not made for threads, so behind the door there is one at a time."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.faults = Faults()
        self.traffic = Traffic()
        self.transitions = Transitions()
        mending.mend()
        self._moto = Dispatcher()

    def reset(self) -> None:
        """Nothing is there, nothing is broken, nothing was said."""
        with self.lock:
            self.faults.clear()
            self.transitions.reset()
            moto_api_backend.reset()
            self.traffic.clear()

    def answer(self, request: Request) -> Answer | None:
        """What AWS says to it, or None: it says nothing, and the connection is to be closed."""
        call = asked(request.headers, request.body)
        if call is None:
            return Answer(
                400, "text/plain", b"This is the AWS simulator: it answers signed calls of AWS's protocols.\n"
            )
        logged = self.traffic.begin(
            service=call.service,
            operation=call.operation,
            region=call.region,
            account=call.account,
            fields=dict(call.fields),
        )
        answer = None
        try:
            answer = self._answer(call, request)
        finally:
            status = answer.status if answer is not None else 0
            self.traffic.end(logged, status=status, error=_code(answer))
        return answer

    def _answer(self, call: Asked, request: Request) -> Answer | None:
        mended = self.faults.mended
        fault = self.faults.take(call)
        if fault is None:
            return self._carried_out(call, request)
        if fault.carried_out:
            self._carried_out(call, request)
        self.faults.wait(fault, mended)
        if fault.kind == "slow":
            return self._carried_out(call, request)
        said = fault.refusal(call)
        return refused(call, said) if said is not None else None

    def _carried_out(self, call: Asked, request: Request) -> Answer:
        with self.lock:
            self.transitions.settle()
            said = rules.refusal(call)
            if said is not None:
                return refused(call, said)
            moved = self.transitions.before(call)
            answer = described_instances(call) or self._ask_moto(call, request)
            if answer.status >= HTTPStatus.BAD_REQUEST:
                return answer
            between = self.transitions.began(call, moved)
        if between is None or call.service != "rds":
            return answer
        shown = DATABASE_STATE.sub(rb"<\1>" + between.encode() + rb"</\1>", answer.body)
        return Answer(answer.status, answer.content_type, shown)

    def _ask_moto(self, call: Asked, request: Request) -> Answer:
        said: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], None]:
            said["status"] = int(status.split(maxsplit=1)[0])
            said["type"] = next((value for name, value in headers if name.lower() == "content-type"), "text/xml")
            return lambda _chunk: None

        chunks = self._moto(_wsgi(call, request), start)
        try:
            content = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return Answer(said["status"], said["type"], content)


def _wsgi(call: Asked, request: Request) -> dict[str, Any]:
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    return {
        **headers,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_X_MOTO_ACCOUNT_ID": call.account,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _code(answer: Answer | None) -> str | None:
    if answer is None or answer.status < HTTPStatus.BAD_REQUEST:
        return None
    found = CODE.search(answer.body)
    return (found[1] or found[2]).decode() if found is not None else None
