"""The server that both sides of a comparison talk to: it answers every request with the same small object.

It runs as a process of its own and prints its port. It does as little as HTTP/1.1 allows, so that what is
measured is the client.
"""

import asyncio

_BODY = b'{"id": "an id of some length", "words": ["some", "words"], "more": {"n": 1}}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
    + str(len(_BODY)).encode()
    + b"\r\n\r\n"
    + _BODY
)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            _, there, rest = head.partition(b"content-length:")
            if there:
                await reader.readexactly(int(rest.split(b"\r\n", 1)[0]))
            writer.write(_ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  # whoever started it reads this
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
