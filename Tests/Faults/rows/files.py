"""Full disks, files that change or disappear, and results that would overwrite each other."""
import os, stat, subprocess, time

from harness import as_second_user
from registry import row

TICKING = "import time\nprint('go', flush=True)\ntime.sleep({})\nprint('end')"


@row("D01", "a disk that fills up: the older state is intact, the result goes to another place, and the message says so")
def _(t):
    t.disk("disk", "2m")
    t.notebook("disk/n.ipynb", ["print('x' * 1000)"] + ["print('y' * 1_000_000)"] * 4)
    t.run("run", "disk/n.ipynb").exits(6).says("No space left", "n.lyre.ipynb")
    t.cells("disk/n.ipynb")
    t.may_leave = ["n.lyre.ipynb"]
    t.keeps("y" * 1_000_000 + "\n", 4, "tmp/n.lyre.ipynb")


@row("D03", "a disk that is full from the start")
def _(t):
    t.disk("disk", "1m")
    t.notebook("disk/n.ipynb", ["print('x' * 200_000)"])
    subprocess.run(["sh", "-c", "cat /dev/zero > ballast"], cwd=t.path("disk"), capture_output=True)
    old = t.read("disk/n.ipynb")
    t.run("run", "disk/n.ipynb").exits(6).says("n.lyre.ipynb")
    t.expect(t.read("disk/n.ipynb") == old, "the notebook changed")
    t.may_leave = ["n.lyre.ipynb"]
    t.keeps("x" * 200_000 + "\n", 0, "tmp/n.lyre.ipynb")


@row("D04", "a limit of file size is reported, and the file on the disk stays intact")
def _(t):
    t.notebook("n.ipynb", ["print('x' * 1_000_000)"])
    old = t.read("n.ipynb")
    ended = t.run("run", "n.ipynb", "--events", "events", wrap=["prlimit", "--fsize=200000"]).exits(6)
    ended.says("large")
    t.expect(t.read("n.ipynb") == old, "the notebook changed")
    t.checks_files = False


@row("D05", "full devices as events, report, standard output and result")
def _(t):
    for options in (["--events", "/dev/full"], ["--report", "/dev/full"]):
        t.notebook("n.ipynb", ["print('kept')"])
        t.run("run", "n.ipynb", *options).exits(6, 2)
        if t.cells()[0].outputs:
            t.keeps("kept\n", 0)
    t.notebook("n.ipynb", ["print('kept')"])
    with open("/dev/full", "wb") as full:
        t.run("run", "n.ipynb", stdout=full).exits(6, 0)
    t.keeps("kept\n", 0)


@row("D05b", "a report in a missing folder is refused before the run")
def _(t):
    for option in ("--report", "--events", "-o"):
        t.notebook("n.ipynb", ["open('ran', 'w')"])
        t.run("run", "n.ipynb", option, "nowhere/x.ipynb" if option == "-o" else "nowhere/x").exits(2)
        t.expect(not os.path.exists(t.path("ran")), f"{option}: the notebook ran")


@row("D06", "a read-only file system")
def _(t):
    t.disk("disk", "1m")
    t.notebook("disk/n.ipynb", ["print('kept')"])
    subprocess.run(["mount", "-o", "remount,ro", t.path("disk")], check=True)
    t.run("run", "disk/n.ipynb").exits(6, 2)
    t.may_leave = ["n.lyre.ipynb"]
    if os.path.exists(t.path("tmp/n.lyre.ipynb")):
        t.keeps("kept\n", 0, "tmp/n.lyre.ipynb")


@row("D07", "a notebook that is deleted during the run: the result is not lost")
def _(t):
    t.checks_files = False
    t.notebook("n.ipynb", ["print('kept')", TICKING.format(1.5)])
    running = t.start("run", "n.ipynb").wait_for("go")
    os.unlink(t.path("n.ipynb"))
    running.end(30)
    found = [name for name in os.listdir(t.directory) if name.endswith(".ipynb")]
    t.expect(found, "the result is in no file")
    t.keeps("kept\n", 0, found[0])


@row("D08", "a notebook that an editor changes during the run: the edits stay, and outputs are merged")
def _(t):
    import json
    t.notebook("n.ipynb", ["print('one')", TICKING.format(2), "print('three')"])
    running = t.start("run", "n.ipynb").wait_for("go")
    value = json.loads(t.read("n.ipynb"))
    value["cells"].insert(0, {"cell_type": "markdown", "id": "new", "metadata": {}, "source": "# theirs"})
    value["metadata"]["mine"] = "kept"
    value["cells"][3]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["from the editor\n"]}]
    t.write("n.ipynb", json.dumps(value, indent=1))
    running.end(30).exits(0)
    t.expect(t.cells()[0].source == "# theirs", "the editor's cell is lost")
    t.keeps("one\n", 1)
    t.keeps("go\nend\n", 2)
    t.keeps("three\n", 3)


@row("D09", "a notebook that is replaced by a folder during the run")
def _(t):
    t.checks_files = False
    t.notebook("n.ipynb", ["print('kept')", TICKING.format(1.5)])
    running = t.start("run", "n.ipynb").wait_for("go")
    os.unlink(t.path("n.ipynb"))
    os.mkdir(t.path("n.ipynb"))
    running.end(30).exits(6).says("n.lyre.ipynb")
    place = "n.lyre.ipynb" if os.path.exists(t.path("n.lyre.ipynb")) else "tmp/n.lyre.ipynb"
    t.keeps("kept\n", 0, place)


@row("D11", "a notebook that is replaced by garbage during the run: the file stays, the result is beside it")
def _(t):
    t.checks_files = False
    t.notebook("n.ipynb", ["print('kept')", TICKING.format(1.5)])
    running = t.start("run", "n.ipynb").wait_for("go")
    t.write("n.ipynb", "not JSON")
    running.end(30).exits(6).says("n.lyre.ipynb")
    t.expect(t.read("n.ipynb") == b"not JSON", "the other program's file is lost")
    t.keeps("kept\n", 0, "n.lyre.ipynb")


@row("D12", "a second run of one notebook is refused, with the process of the first run")
def _(t):
    t.notebook("n.ipynb", [TICKING.format(4)])
    os.symlink("n.ipynb", t.path("link.ipynb"))
    first = t.start("run", "n.ipynb").wait_for("go")
    for name in ("n.ipynb", "./n.ipynb", "link.ipynb"):
        t.run("run", name).exits(2).says(str(first.process.pid))
    t.run("inspect", "n.ipynb").exits(0)
    first.end(30).exits(0)
    t.run("run", "n.ipynb", "-q").exits(0)


@row("N12", "one notebook named twice is refused")
def _(t):
    t.notebook("n.ipynb", ["open('ran', 'w')"])
    t.run("run", "n.ipynb", "./n.ipynb", "-j", "2").exits(2)
    t.expect(not os.path.exists(t.path("ran")), "the notebook ran")


@row("N14", "two results with one name are refused")
def _(t):
    for folder in "ab":
        t.notebook(f"{folder}/n.ipynb", ["open('ran', 'w')"])
    for options in (["--output-dir", "out"], ["-o", "{name}.ipynb"], ["-o", "same.ipynb"]):
        t.run("run", "a/n.ipynb", "b/n.ipynb", *options).exits(2)
    t.expect(not os.path.exists(t.path("a/ran")), "a notebook ran")


@row("N15", "no output path may be an input, another output, a notebook or a pipeline")
def _(t):
    old = None
    for options in (["--events", "n.ipynb"], ["--report", "n.ipynb"], ["--events", "other.ipynb"], ["--report", "other.ipynb"],
                    ["--events", "x", "--report", "x"], ["-o", "x", "--report", "x"], ["--events", "p.pipeline"],
                    ["--events", "link.ipynb"], ["--report", "./n.ipynb"], ["-f", "f.yaml", "--report", "f.yaml"],
                    ["--events", "hard.ipynb"]):
        for name in ("n.ipynb", "other.ipynb"):
            t.notebook(name, ["open('ran', 'w')"])
        t.pipeline("p.pipeline", [])
        t.write("f.yaml", "a: 1\n")
        if not os.path.lexists(t.path("link.ipynb")):
            os.symlink("n.ipynb", t.path("link.ipynb"))
        if os.path.lexists(t.path("hard.ipynb")):
            os.unlink(t.path("hard.ipynb"))
        os.link(t.path("n.ipynb"), t.path("hard.ipynb"))
        old = {name: t.read(name) for name in ("n.ipynb", "other.ipynb", "p.pipeline", "f.yaml")}
        t.run("run", "n.ipynb", *options).exits(2)
        for name, data in old.items():
            t.expect(t.read(name) == data, f"{options}: {name} was overwritten")
        t.expect(not os.path.exists(t.path("ran")), f"{options}: the notebook ran")


@row("Y10", "reports of a pipeline never overwrite the pipeline or its files")
def _(t):
    for option in ("--html", "--report", "--events"):
        for target in ("p.pipeline", "a.py", "n.ipynb"):
            t.write("a.py", "open('ran', 'w')")
            t.notebook("n.ipynb", ["1"])
            t.pipeline("p.pipeline", [{"file": "a.py"}])
            old = t.read(target)
            t.run("pipeline", "run", "p.pipeline", option, target).exits(2)
            t.expect(t.read(target) == old, f"{option} {target}: overwritten")


@row("B06r", "the input as the output is a run in place")
def _(t):
    t.notebook("n.ipynb", ["print('kept')"])
    t.run("run", "n.ipynb", "-o", "./n.ipynb").exits(0)
    t.keeps("kept\n", 0)


@row("O01", "results to /dev/null, a pipe, a FIFO, /dev/stdout and a file descriptor")
def _(t):
    import json, threading
    t.notebook("n.ipynb", ["print('kept')"])
    before = sorted(os.listdir("/dev"))
    t.run("run", "n.ipynb", "-q", "-o", "/dev/null").exits(0)
    t.expect(sorted(os.listdir("/dev")) == before, "a file was left in /dev")
    for target in ("/dev/stdout", "/dev/fd/1", "-"):
        ended = t.run("run", "n.ipynb", "-q", "-o", target).exits(0)
        t.expect(b"kept" in ended.out and json.loads(ended.out[ended.out.index(b"{"):]), f"{target}: {ended.out[:80]!r}")
    os.mkfifo(t.path("fifo"))
    got = []
    reader = threading.Thread(target=lambda: got.append(open(t.path("fifo"), "rb").read()), daemon=True)
    reader.start()
    t.run("run", "n.ipynb", "-q", "-o", "fifo").exits(0)
    reader.join(10)
    t.expect(got and json.loads(got[0])["cells"][0]["outputs"][0]["text"] in ("kept\n", ["kept\n"]), f"the FIFO got {got}")


@row("O02", "a folder as the result is refused before the run")
def _(t):
    t.notebook("n.ipynb", ["open('ran', 'w')"])
    os.mkdir(t.path("results"))
    for target in ("results", "results/"):
        ended = t.run("run", "n.ipynb", "-o", target)
        if ended.code == 0:
            t.cells("results/n.ipynb")
        else:
            ended.exits(2).says("--output-dir")
            t.expect(not os.path.exists(t.path("ran")), "the notebook ran")


@row("N01", "a FIFO as notebook, parameters or answers is an error, and does not block")
def _(t):
    os.mkfifo(t.path("fifo"))
    t.notebook("n.ipynb", ["1"])
    t.run("run", "fifo", limit=20).exits(2)
    t.run("run", "n.ipynb", "--stdin", "fifo", limit=20).exits(2, 6)


@row("N01b", "a FIFO without a reader at --events does not block forever")
def _(t):
    os.mkfifo(t.path("fifo"))
    t.notebook("n.ipynb", ["print('kept')"])
    t.run("run", "n.ipynb", "--events", "fifo", limit=40).exits(0, 2, 6)


@row("D13", "link, mode and owner are kept")
def _(t):
    t.notebook("real.ipynb", ["print('kept')"])
    os.chmod(t.path("real.ipynb"), 0o640)
    if os.getuid() == 0:
        os.chown(t.path("real.ipynb"), 1234, 1234)
    os.symlink("real.ipynb", t.path("n.ipynb"))
    t.run("run", "n.ipynb").exits(0)
    state = os.stat(t.path("real.ipynb"))
    t.expect(os.path.islink(t.path("n.ipynb")), "the link was replaced")
    t.expect(stat.S_IMODE(state.st_mode) == 0o640, f"mode {oct(state.st_mode)}")
    t.expect(os.getuid() != 0 or state.st_uid == 1234, f"owner {state.st_uid}")
    t.keeps("kept\n", 0, "real.ipynb")


@row("D14", "a hard-linked notebook, killed at 20 moments of its saves, is old or new, never half")
def _(t):
    import signal
    t.checks_files = False
    for moment in range(20):
        for name in ("n.ipynb", "second.ipynb"):
            if os.path.lexists(t.path(name)):
                os.unlink(t.path(name))
        t.notebook("n.ipynb", [f"print('x' * 3_000_000, flush=True)\nimport time; time.sleep(0.2)"] * 6)
        os.link(t.path("n.ipynb"), t.path("second.ipynb"))
        running = t.start("run", "n.ipynb", "-q", "--save-every", "0.05", stdout=subprocess.DEVNULL)
        time.sleep(0.6 + moment * 0.07)
        running.signal(signal.SIGKILL).end(30)
        if t.run("check", "second.ipynb").code != 0:
            t.run("recover", "n.ipynb").exits(0)
        t.cells("second.ipynb")
        t.expect(os.stat(t.path("n.ipynb")).st_ino == os.stat(t.path("second.ipynb")).st_ino, "the link is broken")


@row("S06", "a result in another place has the notebook's mode")
def _(t):
    t.disk("disk", "1m")
    t.notebook("disk/n.ipynb", ["print('x' * 900_000)"])
    os.chmod(t.path("disk/n.ipynb"), 0o600)
    with open(t.path("disk/ballast"), "wb") as file:
        file.write(b"0" * 800_000)
    t.run("run", "disk/n.ipynb").exits(6)
    t.may_leave = ["n.lyre.ipynb"]
    mode = stat.S_IMODE(os.stat(t.path("tmp/n.lyre.ipynb")).st_mode)
    t.expect(mode == 0o600, f"the result has mode {oct(mode)}")


@row("S10", "a read-only folder with a writable file")
def _(t):
    wrap = as_second_user()
    os.mkdir(t.path("locked"))
    t.scripted()
    t.notebook("locked/n.ipynb", ["print kept"], kernel="scripted")
    os.chown(t.path("locked/n.ipynb"), 65534, 65534)
    for name in ("tmp", "home"):
        os.chmod(t.path(name), 0o777)
    t.run("run", "locked/n.ipynb", "-q", environment={"XDG_STATE_HOME": t.path("home"), "IPYTHONDIR": t.path("home"),
                                                      "JUPYTER_RUNTIME_DIR": t.path("home", "r")},
          wrap=wrap).exits(0)
    t.keeps("kept\n", 0, "locked/n.ipynb")


@row("O05", "old outputs of cells that were not reached are cleared, and kept with --keep-old-outputs")
def _(t):
    t.notebook("n.ipynb", ["1/0", "print('new')"], outputs="stale\n")
    t.run("run", "n.ipynb", "-o", "out.ipynb", "--report", "junit.xml").exits(1)
    t.expect(t.output(1, "out.ipynb") == "", f"cell 2 has {t.output(1, 'out.ipynb')!r}")
    t.run("run", "n.ipynb", "-o", "kept.ipynb", "--keep-old-outputs").exits(1)
    t.expect(t.output(1, "kept.ipynb") == "stale\n", "the old output is gone")
    t.run("run", "n.ipynb", "--cells", "1", "-o", "part.ipynb").exits(1)
    t.expect(t.output(1, "part.ipynb") == "stale\n", "a cell that was not selected lost its output")


@row("O06", "numbers that JSON cannot represent are texts in papermill's metadata")
def _(t):
    import json
    t.notebook("n.ipynb", ["1"])
    t.run("run", "n.ipynb", "--papermill-metadata", "-o", "out.ipynb", "-y", "{a: .nan, b: [-.inf, {c: .inf}], d: 1.5}").exits(0)

    def refuse(word):
        raise ValueError(f"{word} is not JSON")
    value = json.loads(t.read("out.ipynb"), parse_constant=refuse)["metadata"]["papermill"]["parameters"]
    t.expect(value == {"a": "NaN", "b": ["-Infinity", {"c": "Infinity"}], "d": 1.5}, f"{value}")
