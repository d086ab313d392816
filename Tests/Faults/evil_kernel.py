"""A hostile kernel with its own sockets: raw frames of any size and form.

A cell whose source begins with `py:` is Python that runs in the kernel, with `pub`, `frames` and `h` (the request's header)
available. Mode `late`: output and idle are sent SECONDS after the reply. Mode `slow`: like `plain`; a proxy for iopub is not
needed, because the cell itself determines the speed.
"""
import datetime, hashlib, hmac, json, os, sys, time, uuid

import zmq

info = json.load(open(sys.argv[sys.argv.index("-f") + 1]))
mode = sys.argv[1]
key = info["key"].encode()
session = uuid.uuid4().hex
context = zmq.Context()


def address(name):
    if info["transport"] == "ipc":
        return f"ipc://{info['ip']}-{info[name]}"
    return f"tcp://{info['ip']}:{info[name]}"


def bound(kind, name):
    socket = context.socket(kind)
    socket.setsockopt(zmq.LINGER, 2000)
    socket.setsockopt(zmq.SNDHWM, 0)
    socket.bind(address(name))
    return socket


shell, iopub, control = bound(zmq.ROUTER, "shell_port"), bound(zmq.XPUB, "iopub_port"), bound(zmq.ROUTER, "control_port")
stdin, heartbeat = bound(zmq.ROUTER, "stdin_port"), bound(zmq.REP, "hb_port")


def sign(parts):
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        digest.update(part)
    return digest.hexdigest().encode()


def header(kind):
    date = datetime.datetime.now(datetime.timezone.utc).isoformat()
    return {"msg_id": uuid.uuid4().hex, "session": session, "username": "k", "date": date, "msg_type": kind, "version": "5.4"}


def frames(kind, parent, content, raw=None):
    parts = [json.dumps(header(kind)).encode(), json.dumps(parent).encode(), b"{}",
             raw if raw is not None else json.dumps(content).encode()]
    return [b"<IDS|MSG>", sign(parts)] + parts


def pub(kind, parent, content, raw=None):
    iopub.send_multipart([kind.encode()] + frames(kind, parent, content, raw))


def text(parent, line):
    pub("stream", parent, {"name": "stdout", "text": line + "\n"})


language = {"name": "evil", "version": "1", "mimetype": "text/plain", "file_extension": ".x"}
poller = zmq.Poller()
for socket in (shell, control, heartbeat, iopub):
    poller.register(socket, zmq.POLLIN)
count = 0
while True:
    for socket, _ in poller.poll(1000):
        if socket is heartbeat:
            socket.send(socket.recv())
            continue
        if socket is iopub:
            if socket.recv()[:1] == b"\1":
                pub("iopub_welcome", {}, {"subscription": ""})
            continue
        message = socket.recv_multipart()
        start = message.index(b"<IDS|MSG>")
        sender, h, content = message[:start], json.loads(message[start + 2]), json.loads(message[start + 5])
        kind = h["msg_type"]
        reply = {"status": "ok"}
        pub("status", h, {"execution_state": "busy"})
        if kind == "kernel_info_request":
            reply = {"status": "ok", "protocol_version": "5.4", "implementation": "evil", "implementation_version": "1",
                     "language_info": language, "banner": "", "help_links": []}
        elif kind == "execute_request":
            count += 1
            code = content["code"]
            reply = {"status": "ok", "execution_count": count, "user_expressions": {}, "payload": []}
            text(h, "first")
            if mode == "late":
                socket.send_multipart(sender + frames("execute_reply", h, reply))
                time.sleep(float(code))
                text(h, "PRECIOUS")
                pub("status", h, {"execution_state": "idle"})
                continue
            if code.startswith("py:"):
                exec(code[3:])
            text(h, "last")
        elif kind == "shutdown_request":
            reply = {"status": "ok", "restart": False}
        socket.send_multipart(sender + frames(kind.replace("request", "reply"), h, reply))
        pub("status", h, {"execution_state": "idle"})
        if kind == "shutdown_request":
            time.sleep(0.2)
            os._exit(0)
