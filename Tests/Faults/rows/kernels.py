"""Kernels that die, hang, report a wrong end or leave processes running."""
import signal

from registry import row

RUN = ("run", "n.ipynb", "--events", "events", "--report", "junit.xml")


def dying(t, source, *words, code=4):
    t.notebook("n.ipynb", ["print('kept')", source, "print('never')"])
    t.run(*RUN).exits(code).says(*words)
    t.keeps("kept\n", 0)
    t.expect(t.statuses()[:2] == ["succeeded", "killed_with_kernel"], f"statuses: {t.statuses()}")
    counts = t.finished()["cells"]
    t.expect(counts.get("not_run") == 1, f"the end of the run counts {counts}")
    t.has_error("DeadKernelError", 1)


@row("K01", "a kernel killed by SIGKILL in a cell is reported, and earlier output is kept")
def _(t):
    dying(t, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL")


@row("K02", "a kernel that crashes with SIGSEGV is reported")
def _(t):
    dying(t, "import ctypes; ctypes.string_at(0)", "SIGSEGV")


@row("K03", "a kernel that aborts is reported")
def _(t):
    dying(t, "import os; os.abort()", "SIGABRT")


@row("K04", "a kernel that exits in a cell is reported with its exit code")
def _(t):
    dying(t, "import os; os._exit(3)", "exited with code 3")


@row("K05", "a kernel that runs out of memory shows MemoryError")
def _(t):
    t.notebook("n.ipynb", ["print('kept')", "x = bytearray(3 << 30)"])
    t.run(*RUN, wrap=["prlimit", "--as=2147483648"]).exits(1).says("MemoryError")
    t.keeps("kept\n", 0)
    t.has_error("MemoryError", 1)


@row("K06", "a stopped kernel (SIGSTOP) is ended by the time limit, and each step is reported", slow=True)
def _(t):
    t.notebook("n.ipynb", ["print('kept')", "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"])
    t.run(*RUN, "--timeout", "3").exits(3).says("interrupt", "SIGKILL").faster_than(40)
    t.keeps("kept\n", 0)


@row("K07", "a kernel that ends at its start is an error with its own message")
def _(t):
    t.kernelspec("broken", ["/bin/sh", "-c", "echo no such module >&2; exit 7"])
    before = t.notebook("n.ipynb", ["print(1)"], kernel="broken")
    old = open(before, "rb").read()
    t.run(*RUN).exits(5).says("exited with code 7", "no such module")
    t.expect(t.read("n.ipynb") == old, "the notebook changed")


@row("K08", "a kernel that dies between two cells is reported")
def _(t):
    t.scripted()
    t.notebook("n.ipynb", ["print kept", "reply\nidle\nexit 3", "print never"], kernel="scripted")
    t.run(*RUN).exits(4)
    t.keeps("kept\n", 0)


@row("K09", "a kernel that crashes during its shutdown fails no cell")
def _(t):
    t.scripted("--exit", "SIGSEGV")
    t.notebook("n.ipynb", ["print kept"], kernel="scripted")
    t.run(*RUN).exits(0)
    t.keeps("kept\n", 0)


@row("K10", "a cell that ignores SIGINT is ended by the time limit")
def _(t):
    t.notebook("n.ipynb", ["print('kept')",
                           "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(1)"])
    t.run(*RUN, "--timeout", "1").exits(3)
    t.keeps("kept\n", 0)


@row("K11", "a kernel that ignores SIGINT and SIGTERM is killed by the time limit")
def _(t):
    t.scripted()
    t.notebook("n.ipynb", ["print kept", "ignore INT\nignore TERM\ndeaf"], kernel="scripted")
    t.run(*RUN, "--timeout", "1").exits(3).says("SIGKILL").faster_than(40)
    t.keeps("kept\n", 0)


@row("K12", "processes of a cell end with the run: children, separate sessions, daemons without an environment")
def _(t):
    t.notebook("n.ipynb", ["""import os, subprocess
subprocess.Popen(['sleep', '7301'])
subprocess.Popen(['setsid', 'sleep', '7302'])
subprocess.Popen(['setsid', 'env', '-i', 'sleep', '7303'])
subprocess.Popen(['nohup', 'setsid', 'sh', '-c', 'sleep 7304 & exit 0'])
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execvp('env', ['env', '-i', 'sleep', '7305'])
    os._exit(0)
os.wait()
print('started')"""])
    t.run(*RUN).exits(0)
    t.keeps("started\n", 0)
    for seconds in range(7301, 7306):
        t.expect(t.eventually(lambda: not t.sleeping(seconds)), f"'sleep {seconds}' still runs after the run")


@row("K13", "a cell that closes descriptors 1 and 2 loses no message of the kernel")
def _(t):
    t.notebook("n.ipynb", ["import os; os.close(1); os.close(2); f = open('/dev/null'); print('kept')"])
    t.run(*RUN).exits(0)
    t.keeps("kept\n", 0)


@row("K15", "20 MB on the kernel's own stderr do not block it")
def _(t):
    t.notebook("n.ipynb", ["import os\nfor _ in range(20): os.write(2, b'x' * 1000000)\nprint('kept')"])
    t.run(*RUN).exits(0)
    t.keeps("kept\n", 0)


@row("N03", "a kernel that never exits and ignores SIGTERM is killed after the run, and the run succeeds")
def _(t):
    t.scripted("--no-exit", "--no-shutdown-reply", "--ignore", "TERM", "--ignore", "INT")
    t.notebook("n.ipynb", ["print kept"], kernel="scripted")
    t.run(*RUN).exits(0).faster_than(30)
    t.keeps("kept\n", 0)


@row("N04", "work at exit gets the time of --shutdown-timeout; cutting it short is reported")
def _(t):
    source = ("import atexit, time, pathlib\n"
              "def bye():\n    time.sleep(4)\n    pathlib.Path('bye').write_text('done')\natexit.register(bye)")
    t.notebook("n.ipynb", [source])
    t.run(*RUN, "--shutdown-timeout", "60").exits(0)
    t.expect(t.read("bye") == b"done", "the work at exit was cut")
    t.notebook("n.ipynb", [source.replace("sleep(4)", "sleep(600)")])
    t.run(*RUN, "--shutdown-timeout", "1").exits(0).says("--shutdown-timeout").faster_than(60)


@row("N05", "a kernel that does not answer kernel_info is refused within the startup time")
def _(t):
    t.scripted("--no-info")
    t.notebook("n.ipynb", ["print 1"], kernel="scripted")
    t.run(*RUN, "--startup-timeout", "3").exits(5).says("did not answer").faster_than(30)


@row("N06", "a kernel without iopub is refused within the startup time")
def _(t):
    t.scripted("--no-iopub")
    t.notebook("n.ipynb", ["print 1"], kernel="scripted")
    t.run(*RUN, "--startup-timeout", "3").exits(5).says("iopub").faster_than(30)


@row("N07", "a kernel without heartbeat runs")
def _(t):
    t.scripted("--no-heartbeat")
    t.notebook("n.ipynb", ["print kept"], kernel="scripted")
    t.run(*RUN).exits(0)
    t.keeps("kept\n", 0)


@row("N08", "a stubborn child of the kernel's group ends with it")
def _(t):
    t.scripted("--stubborn-child")
    t.notebook("n.ipynb", ["print kept"], kernel="scripted")
    t.run(*RUN).exits(0)
    t.keeps("kept\n", 0)


@row("Y07", "200 kernels one after another, and 40 notebooks 20 at a time over ipc and tcp, all complete")
def _(t):
    t.scripted()
    names = [f"n{number}.ipynb" for number in range(200)]
    for name in names:
        t.notebook(name, [f"print {name}"], kernel="scripted")
    t.run("run", *names, "-q").exits(0)
    for name in names:
        t.keeps(f"{name}\n", 0, name)
    for transport in ("ipc", "tcp"):
        t.run("run", *names[:40], "-q", "-j", "20", "--transport", transport).exits(0)


@row("K16", "a kernel that is stopped during an interrupt does not delay Ctrl-C")
def _(t):
    t.scripted("--interrupt", "ignore")
    t.notebook("n.ipynb", ["print kept", "print on\nhang"], kernel="scripted")
    running = t.start(*RUN).wait_for("on")
    running.signal(signal.SIGINT)
    running.signal(signal.SIGINT)
    running.end(30).exits(130)
    t.keeps("kept\n", 0)
