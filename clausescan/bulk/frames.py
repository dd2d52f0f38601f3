"""Messages between the parent and its workers: a JSON object and bytes, each with its length before it. Nothing is unpickled."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from io import RawIOBase
from typing import IO, Any

_HEAD = struct.Struct(">II")
Message = dict[str, Any]


def send(stream: IO[bytes] | RawIOBase, message: Mapping[str, Any], body: bytes = b"") -> None:
    """Write one message. Raises OSError when the other side is gone."""
    head = json.dumps(message).encode("ascii")
    stream.write(_HEAD.pack(len(head), len(body)) + head + body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Message, bytes] | None:
    """Return the next message, None when the other side is gone."""
    lengths = stream.read(_HEAD.size)
    if len(lengths) < _HEAD.size:
        return None
    head_length, body_length = _HEAD.unpack(lengths)
    head, body = stream.read(head_length), stream.read(body_length)
    if len(head) < head_length or len(body) < body_length:
        return None
    message: Message = json.loads(head)
    return message, body


def take(heard: bytearray) -> tuple[Message, bytes] | None:
    """Return the first message of what was heard so far and remove it there, None when it is not complete."""
    if len(heard) < _HEAD.size:
        return None
    head_length, body_length = _HEAD.unpack_from(heard)
    body_start = _HEAD.size + head_length
    if len(heard) < body_start + body_length:
        return None
    message: Message = json.loads(heard[_HEAD.size : body_start])
    body = bytes(heard[body_start : body_start + body_length])
    del heard[: body_start + body_length]
    return message, body
