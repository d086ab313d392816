"""The program as a process: starts it, reads its events, stops it."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from typing import Any, Callable, Dict, List, Mapping, Optional

from . import _binary
from ._results import Event

_prctl = getattr(ctypes.CDLL(None), "prctl", None)  # looked up here: nothing is loaded between fork and exec


def environment(given: Mapping[str, str]) -> Dict[str, str]:
    """Variables by which the program finds the kernels of this Python's environment, active or not."""
    result = dict(given)
    if sys.prefix != sys.base_prefix:
        result["VIRTUAL_ENV"] = sys.prefix
        return result
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if result.get(name) != sys.prefix:
            result.pop(name, None)
    if os.path.isdir(os.path.join(sys.prefix, "conda-meta")):
        result["CONDA_PREFIX"] = sys.prefix
        return result
    first = shutil.which("python3", path=result.get("PATH"))
    if sys.executable and first != sys.executable:
        folder = os.path.dirname(sys.executable)
        if not os.path.realpath(first or "").startswith(os.path.realpath(sys.prefix) + os.sep):
            result["PATH"] = folder + os.pathsep + result.get("PATH", os.defpath)
    return result


class Process:
    """One process of `lyre`, whose standard output is its events. Used once; `stop` may come from another thread."""

    def __init__(
        self,
        arguments: List[str],
        on_event: Callable[[Event], None],
        *,
        input: Optional[bytes] = None,
        env: Optional[Mapping[str, str]] = None,
    ) -> None:
        from . import __version__

        self.command = [_binary.checked(_binary.find_lyre(), __version__), *arguments]
        self.on_event = on_event
        self.messages = ""
        """What the program wrote to standard error, after `run`."""
        self._input = input
        self._env = environment(os.environ if env is None else env)
        self._lock = threading.Lock()
        self._is_stopped = False
        self._process: Optional["subprocess.Popen[bytes]"] = None

    def run(self) -> int:
        """Runs the program to its end, and returns its exit code; an exception of `on_event` stops it and is raised."""
        with tempfile.TemporaryFile(prefix="lyre-messages-") as messages:
            with self._lock:
                if self._is_stopped:
                    return -signal.SIGINT
                process = self._process = self._start(messages)
            try:
                self._read(process)
                code = process.wait()
            except BaseException:
                self.stop()
                raise
            messages.seek(0)
            self.messages = messages.read().decode("utf-8", "replace")
        return code

    def _start(self, messages: Any) -> "subprocess.Popen[bytes]":
        parent = os.getpid()

        def prepare() -> None:
            # A host in the background may ignore Ctrl-C; the program is to be stopped by the host all the same.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            # Stops the program, as by SIGTERM, when the thread that waits for it ends: a killed host leaves no kernel.
            if _prctl is not None:
                _prctl(1, int(signal.SIGTERM))  # PR_SET_PDEATHSIG
                if os.getppid() != parent:
                    os._exit(1)

        # In a session of its own, Ctrl-C on the terminal reaches this process alone, which hands it on once.
        return subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL if self._input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            env=self._env,
            start_new_session=True,
            preexec_fn=prepare,
        )

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        writer = None
        if self._input is not None:
            writer = threading.Thread(target=self._write, args=(process.stdin, self._input), daemon=True)
            writer.start()
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if line.endswith(b"\n"):  # not the beginning of an event that a killed program left
                    self.on_event(json.loads(line))
        if writer:
            writer.join()

    @staticmethod
    def _write(pipe: Any, data: bytes) -> None:
        try:
            with pipe:
                pipe.write(data)
        except BrokenPipeError:
            pass  # The program refused the notebook before it had read all of it; its message says why.

    def interrupt(self) -> None:
        """Asks the program to stop, as Ctrl-C does: what there is, is saved, and the kernel ends."""
        with self._lock:
            self._is_stopped = True
            if self._process is not None and self._process.poll() is None:
                self._process.send_signal(signal.SIGINT)

    def stop(self) -> None:
        """Ends the program: as by Ctrl-C; after 15 seconds, or at a second Ctrl-C, as by a second; then at once."""
        self.interrupt()
        process = self._process
        for patience in (15, 5):
            try:
                if process is None or process.wait(patience) is not None:
                    return
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                self.interrupt()
        assert process is not None
        process.kill()
        process.wait()
