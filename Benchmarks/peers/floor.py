#!/usr/bin/env python3
"""The bare floor: the minimum that running a notebook's cells takes.

Starts the kernel, sends all cells at once, reads until the last idle, and ends the kernel. It parses only what it needs to
detect the end, and verifies, keeps and saves nothing. Usage: floor.py [--in-step] NOTEBOOK...

With --in-step it sends the next cell after the reply and the idle of the last one, like any client that must assign outputs
to cells and must not run cells after a failure.
"""
import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import uuid

import zmq


def frames(key, session, kind, content):
    message = uuid.uuid4().hex
    header = {"msg_id": message, "session": session, "username": "floor", "date": "2026-01-01T00:00:00Z",
              "msg_type": kind, "version": "5.3"}
    parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
    digest = hmac.new(key, b"".join(parts), hashlib.sha256).hexdigest().encode()
    return message, [b"<IDS|MSG>", digest, *parts]


def parent(parts):
    # On iopub a topic comes first; on shell nothing does, because the identity belongs to the socket.
    return json.loads(parts[parts.index(b"<IDS|MSG>") + 3]).get("msg_id")


def run(path, in_step):
    with open(path, encoding="utf-8") as file:
        cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    with tempfile.TemporaryDirectory() as folder:
        key = uuid.uuid4().hex
        info = {"transport": "ipc", "ip": os.path.join(folder, "k"), "key": key, "signature_scheme": "hmac-sha256",
                "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
        connection = os.path.join(folder, "kernel.json")
        with open(connection, "w", encoding="utf-8") as file:
            json.dump(info, file)
        kernel = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", connection, "--HistoryManager.hist_file=:memory:"],
            cwd=os.path.dirname(os.path.abspath(path)), start_new_session=True)
        context = zmq.Context()
        shell, iopub = context.socket(zmq.DEALER), context.socket(zmq.SUB)
        for socket in (shell, iopub):
            socket.set_hwm(0)
            socket.linger = 0
            socket.reconnect_ivl = 10
        iopub.subscribe(b"")
        iopub.connect(f"ipc://{info['ip']}-2")
        shell.connect(f"ipc://{info['ip']}-1")
        session, encoded = uuid.uuid4().hex, key.encode()

        def send(kind, content):
            message, parts = frames(encoded, session, kind, content)
            shell.send_multipart(parts)
            return message

        def wait_for_idle(of):
            while True:
                parts = iopub.recv_multipart()
                if b"status" in parts[0] and b'"idle"' in parts[-1] and parent(parts) == of:
                    return

        # ipykernel reports subscriptions at once: no message is lost after that.
        while b"iopub_welcome" not in b"".join(iopub.recv_multipart()):
            pass
        wait_for_idle(send("kernel_info_request", {}))
        shell.recv_multipart()
        last = None
        for cell in cells:
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            last = send("execute_request", {"code": source, "silent": False, "store_history": True,
                                            "user_expressions": {}, "allow_stdin": False, "stop_on_error": False})
            if in_step:
                wait_for_idle(last)
                shell.recv_multipart()
        if last and not in_step:
            wait_for_idle(last)
        send("shutdown_request", {"restart": False})
        kernel.wait()
        context.destroy()


arguments = sys.argv[1:]
in_step = arguments[:1] == ["--in-step"]
for argument in arguments[in_step:]:
    run(argument, in_step)
