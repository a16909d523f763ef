"""The bodies of answers, bounded: what one tenant writes must not fill the memory that all envs share.

A page of a thousand objects has three megabytes where they are as usual, and a gigabyte where somebody wants it to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from sundown.cluster.body import Body
from sundown.cluster.errors import TooLarge

MOST_BYTES = 8 * 2**20
"""A page of a list that is larger than this is asked for again with half as many objects."""
MOST_BYTES_OF_ONE = 16 * 2**20
"""A single object: etcd takes 1.5 MiB by default, and JSON may spell each byte with six."""
HEAD = 64 * 2**10

_SMALL = 512 * 2**10
_LARGE_AT_ONCE = 2


class Bodies:
    """Reads bodies. Those of more than half a megabyte go one after the other, until whoever reads them has let go."""

    def __init__(self) -> None:
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)

    @asynccontextmanager
    async def whole(self, response: aiohttp.ClientResponse, *, at_most: int) -> AsyncIterator[Body]:
        """The whole body; whoever gets it keeps nothing of it after the block.

        Raises:
            TooLarge: the rest of it has not been read.
        """
        body = bytearray()
        is_large = False
        try:
            async for chunk in response.content.iter_any():
                if len(body) + len(chunk) > at_most:
                    response.close()
                    raise TooLarge(f"the answer has more than {at_most:,} bytes", status=response.status)
                body += chunk
                if len(body) > _SMALL and not is_large:
                    await self._large.acquire()
                    is_large = True
            yield body
        finally:
            if is_large:
                self._large.release()

    @asynccontextmanager
    async def head(self, response: aiohttp.ClientResponse) -> AsyncIterator[Body]:
        """What a body begins with; the rest stays where it is."""
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk[: HEAD - len(body)]
            if len(body) >= HEAD:
                response.close()
                break
        yield body
