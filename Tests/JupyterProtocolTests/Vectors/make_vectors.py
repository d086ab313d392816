#!/usr/bin/env python3
"""Writes signatures.json and messages.json, beside this file.

signatures.json: HMACs created with Python's hmac and hashlib, for every hash that both Python and
OpenSSL always have. messages.json: the frames of messages as jupyter_client's Session serialises
them, with their contents. It needs jupyter_client 8; run it again after that changes its format:

    scripts/with-test-env python3 Tests/JupyterProtocolTests/Vectors/make_vectors.py
"""

import hashlib
import hmac
import json
from datetime import datetime, timezone
from pathlib import Path

from jupyter_client.session import Session

HERE = Path(__file__).parent

HASHES = [
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512_224", "sha512_256", "sha3_224",
    "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s", "sm3",
]  # fmt: skip
KEYS = ["k", "a0436f6c-1916-498b-8eb9-e81ab9368e84", "schlüssel ✓", "long" * 60]
PARTS = [
    ["{}", "{}", "{}", "{}"],
    ["", "", "", ""],
    ['{"msg_id":"1"}', '{"msg_id":"0"}', "{}", '{"text":"naïve ☃ \\u0000 \U0001f600"}'],
    ["x" * 200, "y", "", "z" * 129],
]


def signatures():
    for name in HASHES:
        for key in KEYS:
            for parts in PARTS:
                digest = hmac.new(key.encode(), digestmod=lambda data=b"": hashlib.new(name, data))
                for part in parts:
                    digest.update(part.encode())
                yield {
                    "scheme": f"hmac-{name}",
                    "key": key,
                    "parts": parts,
                    "signature": digest.hexdigest(),
                }


def messages():
    when = datetime(2026, 11, 23, 14, 42, 49, 445020, tzinfo=timezone.utc)
    parent = {
        "msg_id": "parent_1_0",
        "msg_type": "execute_request",
        "username": "user",
        "session": "parent",
        "date": when,
        "version": "5.4",
    }
    cases = [
        ("request", "kernel_info_request", {}, None, {}, None, []),
        (
            "code",
            "execute_request",
            {"code": "print('héllo ☃')\n", "silent": False, "user_expressions": {}, "n": 1.5},
            None,
            {"cellId": "a"},
            None,
            [],
        ),
        ("topic", "stream", {"name": "stdout", "text": "1\r\n\u001b[0m"}, parent, {}, b"stream", []),
        ("routed", "execute_reply", {"status": "ok"}, parent, {}, [b"\0r1", b"r2"], []),
        (
            "buffers",
            "comm_msg",
            {"comm_id": "c", "data": {"buffer_paths": [["value"]]}},
            parent,
            {},
            b"comm",
            [b"\0\1\2\xff", b"", b"<IDS|MSG>"],
        ),
    ]
    for key, scheme in [(b"secret", "hmac-sha256"), (b"secret", "hmac-sha512"), (b"", "hmac-sha256")]:
        session = Session(
            key=key, signature_scheme=scheme, session="0a1b", username="user", packer="json"
        )
        for name, kind, content, above, metadata, identities, buffers in cases:
            message = session.msg(kind, content=content, parent=above, metadata=metadata)
            message["header"]["date"] = when
            message["header"]["msg_id"] = f"0a1b_7_{name}"
            frames = session.serialize(message, ident=identities) + buffers
            yield {
                "name": name,
                "key": key.decode(),
                "scheme": scheme,
                "type": kind,
                "id": f"0a1b_7_{name}",
                "parent": above["msg_id"] if above else None,
                "metadata": metadata,
                "content": content,
                "identities": [
                    i.hex() for i in ([identities] if isinstance(identities, bytes) else identities or [])
                ],
                "buffers": [buffer.hex() for buffer in buffers],
                "frames": [bytes(frame).hex() for frame in frames],
            }


for name, vectors in [("signatures", signatures()), ("messages", messages())]:
    lines = ",\n".join(json.dumps(vector) for vector in vectors)
    (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")
