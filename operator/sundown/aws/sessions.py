"""The one door to AWS: boto3 clients by place and service, called in a few threads of their own.

Time-outs and retries are chosen here, for boto3's own are made for scripts: it would wait 60 s for a connection and
60 s for each of five answers. An attempt has ``call_timeout_seconds``, of which a connection may take 5; there are three
attempts in botocore's "standard" mode (AWS SDKs and Tools Reference Guide, "Retry behavior"), which repeats throttled and
5xx answers and lost connections after a random wait of up to 1, then 2 seconds, and stops repeating where most calls fail.
More than three would only keep a thread from others: whoever called comes again with its next round.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Any, TypeVar

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError

from sundown.aws.account_regions import Place, places
from sundown.aws.errors import CloudError
from sundown.aws.refusals import outdated, translated
from sundown.aws.settings import AwsSettings
from sundown.metrics import AWS_CALLS

Answer = dict[str, Any]
T = TypeVar("T")

_ATTEMPTS = 3
_LONGEST_CONNECT = 5.0
_TOKENS = {"ec2": "NextToken", "rds": "Marker", "resourcegroupstaggingapi": "PaginationToken"}
_SESSION_NAME = "sundown"


class Sessions:
    """Calls AWS. Nothing is loaded and nobody is asked before the first call.

    At most ``calls_in_flight`` calls are under way, and where there are several places at most half of them in one, so
    that a region that does not answer cannot take every thread.
    """

    def __init__(self, settings: AwsSettings) -> None:
        self.places = places(settings)
        self._settings = settings
        self._config = Config(
            connect_timeout=min(settings.call_timeout_seconds, _LONGEST_CONNECT),
            read_timeout=settings.call_timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=settings.calls_in_flight,
            user_agent_extra="sundown",
        )
        width = settings.calls_in_flight
        self._width = asyncio.Semaphore(width)
        share = width if len(self.places) == 1 else max(1, width // 2)
        self._shares = {place: asyncio.Semaphore(share) for place in self.places}
        self._making = threading.Lock()
        self._loader: Any = None
        self._own: boto3.Session | None = None
        self._sessions: dict[Place, boto3.Session] = {}
        self._clients: dict[tuple[Place, str], BaseClient] = {}
        self._known: set[Place] = set()
        """Where AWS has known who calls, since credentials were looked for there last."""

    async def call(self, account_region: Place, service: str, operation: str, **arguments: Any) -> Answer:
        """One call, such as ``call(place, "ec2", "StopInstances", InstanceIds=[...])``, and AWS's answer.

        ``service`` is boto3's name of it; ``operation`` is what the API and IAM policies call it.

        Raises:
            CloudError: when AWS does not do it; which one says why.
        """
        async with AsyncExitStack() as turn:
            share = self._shares.get(account_region)
            if share is not None:
                await turn.enter_async_context(share)
            await turn.enter_async_context(self._width)
            outcome = "done"
            try:
                return await _in_a_thread(partial(self._call, account_region, service, operation, arguments))
            except CloudError as error:
                outcome = error.reason
                raise
            finally:
                AWS_CALLS.labels(service, operation, outcome).inc()

    async def pages(
        self, account_region: Place, service: str, operation: str, **arguments: Any
    ) -> AsyncIterator[Answer]:
        """The same for what AWS answers page by page, one call a page; ends where AWS gives no token for a next one.

        Raises:
            CloudError: as ``call``; what came before stands.
        """
        token = _TOKENS[service]
        while True:
            answer = await self.call(account_region, service, operation, **arguments)
            yield answer
            if not answer.get(token):
                return
            arguments[token] = answer[token]

    def _call(self, place: Place, service: str, operation: str, arguments: dict[str, Any]) -> Answer:
        try:
            client = self._client(place, service)
            answer: Answer = getattr(client, botocore.xform_name(operation))(**arguments)
        except (ClientError, BotoCoreError, OSError) as error:
            elsewhere = any(one != place and one.role == place.role for one in tuple(self._known))
            problem = translated(error, place=place, service=service, operation=operation, elsewhere=elsewhere)
            if outdated(problem, elsewhere=elsewhere):
                self._look_for_credentials_again(place)
            raise problem from error
        self._known.add(place)
        return answer

    def _client(self, place: Place, service: str) -> BaseClient:
        """The client of a place for a service, made once: that takes a tenth of a second and some memory."""
        with self._making:
            client = self._clients.get((place, service))
            if client is None:
                session = self._sessions.get(place)
                if session is None:
                    session = self._sessions[place] = self._session(place)
                client = session.client(service, region_name=place.region, config=self._config)
                self._clients[place, service] = client
            return client

    def _session(self, place: Place) -> boto3.Session:
        if self._own is None:
            self._own = self._fresh(())
        if place.role is None:
            return self._own
        return self._fresh((_Assumed(partial(self._assume, place)),))

    def _fresh(self, providers: Sequence[CredentialProvider]) -> boto3.Session:
        """A session that has its credentials from the providers, or from where boto3 looks for them if there are none."""
        session = botocore.session.Session()
        # The descriptions of the services are large: one copy does for all accounts.
        self._loader = self._loader or session.get_component("data_loader")
        session.register_component("data_loader", self._loader)
        if providers:
            session.register_component("credential_provider", CredentialResolver(list(providers)))
        return boto3.Session(botocore_session=session)

    def _assume(self, place: Place) -> dict[str, str]:
        """New credentials of a role, from the STS of the region that they are for, so that no other has to be up."""
        with self._making:
            self._own = self._own or self._fresh(())
            client = self._own.client("sts", region_name=place.region, config=self._config)
        external = {"ExternalId": self._settings.external_id} if self._settings.external_id else {}
        outcome = "done"
        try:
            answer = client.assume_role(RoleArn=place.role, RoleSessionName=_SESSION_NAME, **external)
        except (ClientError, BotoCoreError) as error:
            outcome = translated(error, place=place, service="sts", operation="AssumeRole").reason
            raise
        finally:
            AWS_CALLS.labels("sts", "AssumeRole", outcome).inc()
        found = answer["Credentials"]
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["SessionToken"],
            "expiry_time": found["Expiration"].isoformat(),
        }

    def _look_for_credentials_again(self, place: Place) -> None:
        """Forget what was found for a place: whoever renews credentials puts them where they are looked for.

        The others keep what they have: where theirs are over too, each finds that out by itself, and where one region only
        does not know them, they are well.
        """
        with self._making:
            self._own = None
            self._known.discard(place)
            self._sessions.pop(place, None)
            self._clients = {key: client for key, client in self._clients.items() if key[0] != place}


class _Assumed(CredentialProvider):  # type: ignore[misc]
    """Gives a session the credentials of a role; botocore renews them a quarter of an hour before they expire."""

    METHOD = "assume-role"

    def __init__(self, assume: Callable[[], dict[str, str]]) -> None:
        super().__init__()
        self._assume = assume

    def load(self) -> Any:
        return DeferredRefreshableCredentials(refresh_using=self._assume, method=self.METHOD)


async def _in_a_thread(work: Callable[[], T]) -> T:
    """Do it in a thread that nobody waits for when the process ends, as he would with those of an executor: a call that
    hangs must not keep a pod from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():  # whoever asked has gone
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result: T | None = None
        problem: BaseException | None = None
        try:
            result = work()
        except BaseException as error:
            problem = error
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=run, name="aws", daemon=True).start()
    return await future
