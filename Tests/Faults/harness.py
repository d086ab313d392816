"""The tools of every row of the fault suite: its own folder, the real `lyre`, real kernels, and a check for leftovers.

A row does not rely on Lyre's own output alone: notebooks are read with nbformat, events and JUnit are compared with them, and after
each row the machine is searched for leftover processes and files.
"""
import contextlib, json, os, pty, select, shutil, signal, subprocess, sys, tempfile, threading, time, uuid
import xml.etree.ElementTree as xml

import nbformat

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
LIMIT = 120  # seconds for one command, unless a row sets a limit
FINISHED = {"succeeded", "failed", "timed_out", "interrupted", "killed_with_kernel"}


class Fault(Exception):
    """An expectation of a row that was not met."""


class Skip(Exception):
    """Why a row cannot run on this machine."""


def find(name, variable):
    """The program under test: from the environment, or the newest build."""
    if os.environ.get(variable):
        return os.path.abspath(os.environ[variable])
    built = [os.path.join(ROOT, ".build", kind, name) for kind in ("release", "debug")]
    built = [path for path in built if os.path.exists(path)]
    if not built:
        sys.exit(f"error: no {name}; run swift build, or name one with {variable}=PATH")
    return max(built, key=os.path.getmtime)


def as_second_user():
    """The command prefix to act as another user; skips the row without the necessary rights."""
    if os.getuid() != 0:
        raise Skip("needs root, to act as a second user")
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def as_process_1():
    """The command prefix to run as process 1 of a pid namespace."""
    wrap = ["unshare", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*wrap, "true"], capture_output=True).returncode:
        raise Skip("this machine lets nobody make a pid namespace")
    return wrap


def default_signals():
    """In the background the suite ignores SIGINT and SIGQUIT, and Lyre keeps signals ignored that were ignored at its start."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class Ended:
    """How a command ended, with a row's expectations."""

    def __init__(self, case, arguments, code, out, err, seconds, peak=0):
        self.case, self.arguments, self.code = case, arguments, code
        self.out, self.err, self.seconds, self.peak = out, err, seconds, peak

    @property
    def text(self):
        return self.err.decode("utf-8", "replace")

    def fail(self, why):
        tail = self.text[-1500:]
        raise Fault(f"{why}\n  command: lyre {' '.join(map(repr, self.arguments))}\n  code {self.code}, stderr: {tail}")

    def exits(self, *codes):
        if self.code not in codes:
            self.fail(f"expected exit code {' or '.join(map(str, codes))}, not {self.code}")
        return self

    def says(self, *parts):
        for part in parts:
            if part.lower() not in self.text.lower():
                self.fail(f"expected {part!r} in the messages")
        return self

    def says_not(self, *parts):
        for part in parts:
            if part.lower() in self.text.lower():
                self.fail(f"did not expect {part!r} in the messages")
        return self

    def quiet_of_controls(self, out=True):
        """Lyre's own lines contain no control character except line feed and tab."""
        for name, data in (("stderr", self.err),) + ((("stdout", self.out),) if out else ()):
            text = data.decode("utf-8", "surrogateescape")
            bad = [c for c in text if (ord(c) < 32 and c not in "\n\t\r") or 127 <= ord(c) < 160
                   or ord(c) in range(0x202A, 0x202F) or ord(c) in range(0x2066, 0x206A)]
            if bad:
                self.fail(f"raw control characters on {name}: {sorted(set(bad))!r}")
        return self

    def faster_than(self, seconds):
        if self.seconds > seconds:
            self.fail(f"expected an end within {seconds} s, it took {self.seconds:.1f} s")
        return self


class Running:
    """A running command."""

    def __init__(self, case, arguments, process, started):
        self.case, self.arguments, self.process, self.started = case, arguments, process, started
        self.out, self.err = bytearray(), bytearray()
        self.news = threading.Condition()
        self.readers = [threading.Thread(target=self._read, args=(stream, buffer), daemon=True)
                        for stream, buffer in ((process.stdout, self.out), (process.stderr, self.err)) if stream]
        for reader in self.readers:
            reader.start()

    def _read(self, stream, buffer):
        while data := os.read(stream.fileno(), 1 << 16):
            with self.news:
                buffer += data
                self.news.notify_all()

    def wait_for(self, text, limit=60, stream="out"):
        """Waits until a stream contains the text."""
        buffer = self.out if stream == "out" else self.err
        with self.news:
            if not self.news.wait_for(lambda: text.encode() in buffer or self.process.poll() is not None and text.encode()
                                      in buffer, timeout=limit):
                self.process.kill()
                raise Fault(f"{text!r} did not appear on std{stream} within {limit} s; stderr: {bytes(self.err)[-800:]!r}")
        return self

    def signal(self, number):
        self.process.send_signal(number)
        return self

    def end(self, limit=LIMIT):
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Fault(f"lyre {' '.join(map(str, self.arguments))} did not end within {limit} s; stderr: "
                        f"{bytes(self.err)[-800:]!r}")
        seconds = time.monotonic() - self.started
        for reader in self.readers:
            reader.join(10)
        return Ended(self.case, self.arguments, self.process.returncode, bytes(self.out), bytes(self.err), seconds)


class Case:
    """One row's folder, environment and expectations."""

    def __init__(self, lyre, scripted_kernel):
        self.lyre, self.scripted_kernel = lyre, scripted_kernel
        self.directory = tempfile.mkdtemp(prefix="faults-")
        os.chmod(self.directory, 0o755)
        self.marker = uuid.uuid4().hex
        self.tmp = self.path("tmp")
        self.home = self.path("home")
        os.mkdir(self.tmp)
        os.mkdir(self.home)
        self.environment = {
            name: value for name, value in os.environ.items()
            if name in ("PATH", "VIRTUAL_ENV", "JUPYTER_PATH", "LANG", "SWIFT_BACKTRACE", "LYRE_TEST_ENV")}
        self.environment.update(
            HOME=self.home, TMPDIR=self.tmp, XDG_STATE_HOME=self.path("state"), LYRE_FAULTS=self.marker,
            LANG=self.environment.get("LANG", "C.UTF-8"), JUPYTER_RUNTIME_DIR=self.path("runtime"),
            JUPYTER_DATA_DIR=self.path("data"), JUPYTER_CONFIG_DIR=self.path("config"), IPYTHONDIR=self.path("ipython"))
        self.environment.setdefault("JUPYTER_PATH", "")
        self.environment["JUPYTER_PATH"] = self.path("jupyter") + ":" + self.environment["JUPYTER_PATH"]
        self.may_leave = []  # files in TMPDIR that the row expects
        self.checks_files = True
        self.lost = 0
        self.odd_times = set()
        self.tidy = []

    # Creating files.

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def notebook(self, name, sources, kernel="python3", metadata=None, cell_metadata=None, outputs=None):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        cells = []
        for index, source in enumerate(sources):
            old = [{"output_type": "stream", "name": "stdout", "text": [outputs]}] if outputs else []
            cells.append({"cell_type": "code", "execution_count": None, "id": f"c{index}",
                          "metadata": (cell_metadata or {}).get(index, {}), "outputs": old, "source": source})
        spec = {"display_name": kernel, "language": "python", "name": kernel}
        with open(path, "w") as file:
            json.dump({"cells": cells, "metadata": {"kernelspec": spec, **(metadata or {})},
                       "nbformat": 4, "nbformat_minor": 5}, file, indent=1)
            file.write("\n")
        return path

    def kernelspec(self, name, argv, **members):
        folder = self.path("jupyter", "kernels", name)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "kernel.json"), "w") as file:
            json.dump({"argv": argv, "display_name": name, "language": members.pop("language", "python"), **members}, file)

    def scripted(self, *options, name="scripted"):
        self.kernelspec(name, [self.scripted_kernel, "-f", "{connection_file}", *options], language="script")

    def evil(self, mode="plain", name="evil"):
        program = os.path.join(os.path.dirname(__file__), "evil_kernel.py")
        self.kernelspec(name, [sys.executable, program, mode, "-f", "{connection_file}"], language="evil")

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        return path

    def pipeline(self, name, nodes, **properties):
        """A pipeline of these nodes: dictionaries with `file` and other members of Elyra; `after`: names of nodes."""
        made = []
        for node in nodes:
            file = node["file"]
            label = node.get("label", os.path.splitext(os.path.basename(file))[0])
            operation = "execute-notebook-node" if file.endswith(".ipynb") else (
                "execute-r-node" if file.endswith(".R") else "execute-python-node")
            links = [{"id": f"{parent}-{label}", "node_id_ref": parent, "port_id_ref": "outPort"}
                     for parent in node.get("after", [])]
            variables = [dict(zip(("env_var", "value"), variable.split("=", 1))) for variable in node.get("env", [])]
            parameters = {"filename": file, "outputs": node.get("outputs", []), "env_vars": variables,
                          "dependencies": node.get("dependencies", []), "include_subdirectories": node.get("deep", False),
                          "runtime_image": "x/y:1"}
            made.append({"id": label, "type": "execution_node", "op": operation,
                         "app_data": {"component_parameters": parameters, "label": label, "ui_data": {"label": label}},
                         "inputs": [{"id": "inPort", "app_data": {}, "links": links}],
                         "outputs": [{"id": "outPort", "app_data": {}}]})
        value = {"doc_type": "pipeline", "version": "3.0", "id": "p", "primary_pipeline": "q",
                 "json_schema": "http://api.dataplatform.ibm.com/schemas/common-pipeline/pipeline-flow/pipeline-flow-v3-schema.json",
                 "pipelines": [{"id": "q", "nodes": made, "app_data": {
                     "ui_data": {"comments": []}, "version": 8, "runtime_type": "LOCAL",
                     "properties": {"name": "t", "runtime": "Local", **properties}}, "runtime_ref": ""}], "schemas": []}
        return self.write(name, json.dumps(value, indent=1))

    # Running commands.

    def command(self, arguments, wrap=(), environment=None, **options):
        variables = dict(self.environment)
        for name, value in (environment or {}).items():
            variables.pop(name, None) if value is None else variables.__setitem__(name, value)
        options.setdefault("cwd", self.directory)
        options.setdefault("preexec_fn", default_signals)
        return subprocess.Popen([*wrap, self.lyre, *arguments], env=variables, **options)

    def start(self, *arguments, wrap=(), environment=None, stdin=subprocess.DEVNULL, **options):
        started = time.monotonic()
        process = self.command(arguments, wrap, environment, stdin=stdin, stdout=options.pop("stdout", subprocess.PIPE),
                               stderr=options.pop("stderr", subprocess.PIPE), **options)
        return Running(self, arguments, process, started)

    def run(self, *arguments, limit=LIMIT, **options):
        return self.start(*arguments, **options).end(limit)

    def on_terminal(self, *arguments, keys=(), limit=LIMIT, **options):
        """Runs on a new terminal; `keys`: pairs of a text to wait for and the keys to type then."""
        master, slave = pty.openpty()
        import fcntl, struct, termios
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

        def own_terminal():
            default_signals()
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        started = time.monotonic()
        process = self.command(arguments, environment={"TERM": "xterm-256color", **options.pop("environment", {})},
                               stdin=slave, stdout=slave, stderr=slave, preexec_fn=own_terminal, **options)
        os.close(slave)
        shown, waiting = bytearray(), list(keys)
        while time.monotonic() - started < limit:
            if select.select([master], [], [], 0.1)[0]:
                try:
                    data = os.read(master, 1 << 16)
                except OSError:
                    break
                if not data:
                    break
                shown += data
            elif process.poll() is not None:
                break
            while waiting and waiting[0][0].encode() in shown:
                os.write(master, waiting.pop(0)[1])
        else:
            process.kill()
            process.wait()
            os.close(master)
            raise Fault(f"no end on a terminal within {limit} s; shown: {bytes(shown)[-800:]!r}")
        process.wait()
        os.close(master)
        return Ended(self, arguments, process.returncode, bytes(shown), b"", time.monotonic() - started)

    def measured(self, *arguments, limit=600, **options):
        """Runs with the peak memory of the program itself, in bytes."""
        options.setdefault("stdout", subprocess.DEVNULL)
        figures = self.path("figures")
        running = self.start(*arguments, wrap=["/usr/bin/time", "-f", "%M", "-o", figures], **options)
        ended = running.end(limit)
        with open(figures) as file:
            ended.peak = int(file.read().split()[-1]) * 1024
        return ended

    def disk(self, name, size):
        """A small disk, mounted in the row's folder."""
        if os.getuid() != 0:
            raise Skip("needs root, to mount a small disk")
        os.makedirs(self.path(name), exist_ok=True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.path(name)], capture_output=True).returncode:
            raise Skip("this machine lets nobody mount a disk")
        self.tidy.append(lambda: subprocess.run(["umount", "-l", self.path(name)]))

    # Checking results.

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def cells(self, name="n.ipynb"):
        notebook = nbformat.read(self.path(name), as_version=4)
        nbformat.validate(notebook)
        return notebook.cells

    def output(self, index, name="n.ipynb", stream="stdout"):
        return "".join(output.get("text", "") for output in self.cells(name)[index].outputs if output.get("name") == stream)

    def keeps(self, text, index, name="n.ipynb", stream="stdout"):
        """Expects the text in the cell; missing bytes count as lost."""
        held = self.output(index, name, stream)
        if held != text:
            self.lost += max(0, len(text) - len(held))
            raise Fault(f"{name}, cell {index + 1}: expected {len(text)} characters ({text[:60]!r} …), found {len(held)} "
                        f"({held[:60]!r} …)")

    def has_error(self, name_of_error, index, name="n.ipynb"):
        errors = [output.ename for output in self.cells(name)[index].outputs if output.output_type == "error"]
        if name_of_error not in errors:
            raise Fault(f"{name}, cell {index + 1}: expected the error {name_of_error}, found {errors}")

    def events(self, name="events"):
        return [json.loads(line) for line in self.read(name).splitlines()]

    def finished(self, name="events"):
        """The last event of a run."""
        ends = [event for event in self.events(name) if event["event"] == "run_finished"]
        if not ends:
            raise Fault(f"the events have no run_finished; the last is {self.events(name)[-1:]}")
        return ends[-1]

    def statuses(self, events="events", junit="junit.xml", notebook="n.ipynb"):
        """The statuses of the cells of a notebook, after checking that events and JUnit agree."""
        told = {}
        for event in self.events(events):
            if event.get("notebook") == notebook and event["event"] == "cell_finished":
                told[event["cell"]] = event["status"]
        suites = [suite for suite in xml.parse(self.path(junit)).getroot().iter("testsuite")]
        cases = [case for suite in suites for case in suite.iter("testcase")]
        passed = sum(1 for case in cases if not list(case.iter("failure")) + list(case.iter("error")) + list(case.iter("skipped")))
        good = sum(1 for status in told.values() if status == "succeeded")
        if passed != good:
            raise Fault(f"JUnit has {passed} cases that passed, the events {good} cells that succeeded: {told}")
        return [told[index] for index in sorted(told)]

    def expect(self, condition, why):
        if not condition:
            raise Fault(why)

    # Cleaning up.

    def processes(self):
        """Processes with the row's marker in their environment."""
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError):
                    with open(f"/proc/{entry}/environ", "rb") as file:
                        if self.marker.encode() in file.read():
                            with open(f"/proc/{entry}/cmdline", "rb") as line, open(f"/proc/{entry}/stat") as state:
                                if state.read().rsplit(")", 1)[1].split()[0] != "Z":
                                    found.append((int(entry), line.read().replace(b"\0", b" ").decode(errors="replace")))
        return found

    def sleeping(self, seconds):
        """Processes of `sleep` with this unusual time, which rows start without their environment."""
        self.odd_times.add(seconds)
        listing = subprocess.run(["ps", "-eo", "pid=,stat=,args="], capture_output=True, text=True).stdout.splitlines()
        return [int(line.split()[0]) for line in listing
                if line.split()[2:] == ["sleep", str(seconds)] and not line.split()[1].startswith("Z")]

    def eventually(self, condition, limit=10):
        deadline = time.monotonic() + limit
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def close(self):
        """Looks for leftovers; returns the processes, and raises Fault for files."""
        for action in reversed(self.tidy):
            action()
        self.eventually(lambda: not self.processes(), 8)
        left = self.processes()
        # Processes that a row has found must not run during the next run of the suite.
        left += [(process, f"sleep {seconds}") for seconds in sorted(self.odd_times) for process in self.sleeping(seconds)]
        for process, _ in left:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        files = [name for name in os.listdir(self.tmp) if name not in self.may_leave] if os.path.isdir(self.tmp) else []
        hidden = []
        for folder, folders, names in os.walk(self.directory):
            folders[:] = [name for name in folders if name not in ("state", "jupyter", "home", "tmp", "ipython")]
            hidden += [name for name in names if ".lyre-" in name]
        shutil.rmtree(self.directory, ignore_errors=True)
        if self.checks_files and (files or hidden):
            raise Fault(f"files left: {files + hidden}")
        return left
