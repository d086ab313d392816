"""Signals to Lyre, stalled readers, closed descriptors."""
import os, signal, subprocess, time

from harness import as_process_1
from registry import row

RUN = ("run", "n.ipynb", "--events", "events", "--report", "junit.xml")
COUNTING = "import time\nfor i in range(600):\n    print(i, flush=True)\n    time.sleep(0.1)"


def stopped(name, title, number, code, times=1, source=COUNTING):
    @row(name, title)
    def _(t):
        t.notebook("n.ipynb", ["print('kept')", source, "print('never')"])
        running = t.start(*RUN).wait_for("3")
        for _ in range(times):
            running.signal(number)
        running.end(30).exits(code)
        t.keeps("kept\n", 0)
        t.expect(t.output(1).startswith("0\n1\n2\n"), "the cell's output is lost")
        statuses = t.statuses()
        t.expect(statuses[:2] == ["succeeded", "interrupted"], f"statuses: {statuses}")
        t.expect(t.finished()["cells"].get("not_run") == 1, f"the end of the run: {t.finished()}")


stopped("L01", "SIGINT once", signal.SIGINT, 130)
stopped("L02", "SIGINT twice, in a cell that ignores it", signal.SIGINT, 130, 2,
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + COUNTING)
stopped("L03", "SIGTERM", signal.SIGTERM, 143)
stopped("L04", "SIGHUP", signal.SIGHUP, 129)
stopped("L06", "SIGQUIT stops like SIGTERM, without a crash dump", signal.SIGQUIT, 131)


@row("L06b", "SIGQUIT writes no crash report")
def _(t):
    t.notebook("n.ipynb", [COUNTING])
    t.start(*RUN).wait_for("3").signal(signal.SIGQUIT).end(30).exits(131).says_not("crash", "thread 0", "backtrace")


@row("E48", "under nohup the hang-up is ignored and the run continues to its end")
def _(t):
    t.notebook("n.ipynb", ["import time\nfor i in range(20):\n    print(i, flush=True)\n    time.sleep(0.1)", "print('end')"])
    running = t.start(*RUN, wrap=["nohup"]).wait_for("3")
    running.signal(signal.SIGHUP).end(60).exits(0)
    t.keeps("end\n", 1)


@row("E49", "SIGINT that was ignored at the start (a background job of a script) stays ignored")
def _(t):
    t.notebook("n.ipynb", ["import time\nfor i in range(20):\n    print(i, flush=True)\n    time.sleep(0.1)", "print('end')"])
    running = t.start(*RUN, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)).wait_for("3")
    running.signal(signal.SIGINT).end(60).exits(0)
    t.keeps("end\n", 1)


@row("L05", "SIGKILL in a cell: the file is intact, and no process or file is left")
def _(t):
    t.notebook("n.ipynb", ["print('kept')", COUNTING])
    t.start(*RUN).wait_for("3").signal(signal.SIGKILL).end(30).exits(-9)
    t.cells()
    t.expect(t.eventually(lambda: not t.processes()), "processes are left")
    t.expect(t.eventually(lambda: not os.listdir(t.tmp)), f"left in TMPDIR: {os.listdir(t.tmp)}")


@row("L07", "a reader that closes the pipe (head -1) does not stop the run")
def _(t):
    t.notebook("n.ipynb", ["for i in range(10000): print(i)", "print('end')"])
    running = t.start(*RUN, stdout=subprocess.PIPE)
    running.end(60)
    t.keeps("end\n", 1)
    t.notebook("n.ipynb", ["for i in range(100000): print(i)", "print('end')"])
    reader, writer = os.pipe()
    head = subprocess.Popen(["head", "-1"], stdin=reader, stdout=subprocess.DEVNULL)
    os.close(reader)
    running = t.start(*RUN, stdout=writer)
    os.close(writer)
    head.wait()
    running.end(60)
    t.keeps("end\n", 1)


@row("L08", "SIGSTOP and SIGCONT: nothing is lost")
def _(t):
    t.notebook("n.ipynb", ["import time\nfor i in range(30):\n    print(i, flush=True)\n    time.sleep(0.05)", "print('end')"])
    running = t.start(*RUN).wait_for("3").signal(signal.SIGSTOP)
    time.sleep(2)
    running.signal(signal.SIGCONT).end(60).exits(0)
    t.keeps("".join(f"{i}\n" for i in range(30)), 0)
    t.keeps("end\n", 1)


@row("L09", "SIGKILL at 25 moments: the file is always intact, and no process or file is left", slow=True)
def _(t):
    for moment in range(25):
        t.notebook("n.ipynb", [f"print({i}, flush=True)\nimport time; time.sleep(0.2)" for i in range(8)])
        running = t.start("run", "n.ipynb", "-q", "--save-every", "0.05")
        time.sleep(0.05 + moment * 0.115)
        running.signal(signal.SIGKILL).end(30)
        t.cells()
    t.expect(t.eventually(lambda: not os.listdir(t.tmp)), f"left in TMPDIR: {os.listdir(t.tmp)}")
    t.run("run", "n.ipynb", "-q").exits(0)


@row("L10", "as process 1, daemons end and orphans are reaped")
def _(t):
    wrap = as_process_1()
    t.notebook("n.ipynb", ["""import os
for i in range(100):
    if os.fork() == 0:
        if os.fork(): os._exit(0)
        os._exit(0)
    os.wait()
print('kept')""", """import time, os
for _ in range(100):
    time.sleep(0.05)
    zombies = sum(open(f'/proc/{q}/stat').read().rsplit(')', 1)[1].split()[0] == 'Z'
                  for q in os.listdir('/proc') if q.isdigit() and os.path.exists(f'/proc/{q}/stat'))
    if zombies == 0: break
print(zombies)"""])
    t.run(*RUN, wrap=wrap).exits(0)
    t.keeps("kept\n", 0)
    t.keeps("0\n", 1)


@row("L11", "as process 1, SIGTERM stops")
def _(t):
    wrap = as_process_1()
    t.notebook("n.ipynb", ["print('kept')", COUNTING])
    running = t.start(*RUN, wrap=[*wrap, "--kill-child"]).wait_for("3")
    child = int(subprocess.run(["ps", "-o", "pid=", "--ppid", str(running.process.pid)], capture_output=True, text=True).stdout.split()[0])
    os.kill(child, signal.SIGTERM)
    running.end(30)
    t.keeps("kept\n", 0)


@row("N09", "SIGINT while the kernel starts: JUnit and events report the notebook as not run")
def _(t):
    t.scripted("--slow-info", "5000")
    t.notebook("n.ipynb", ["print never"], kernel="scripted")
    running = t.start(*RUN)
    t.expect(t.eventually(lambda: os.path.exists(t.path("events")) and b"kernel_starting" in t.read("events")), "no start")
    running.signal(signal.SIGINT).end(30).exits(130)
    t.expect(t.finished()["cells"].get("not_run") == 1, f"the end of the run: {t.finished()}")
    t.expect(b"<skipped" in t.read("junit.xml"), "the JUnit report has no skipped case")


@row("N11", "8 SIGINTs within half a second on a kernel that ignores them")
def _(t):
    t.scripted()
    t.notebook("n.ipynb", ["print kept", "print on\nignore INT\nignore TERM\ndeaf"], kernel="scripted")
    running = t.start(*RUN).wait_for("on")
    for _ in range(8):
        running.signal(signal.SIGINT)
        time.sleep(0.05)
    running.end(30).exits(130)
    t.keeps("kept\n", 0)


@row("N02", "with a stalled reader of stdout, Lyre still reacts to signals")
def _(t):
    t.notebook("n.ipynb", ["for i in range(3000): print('A' * 1000)"])
    reader, writer = os.pipe()
    running = t.start(*RUN, stdout=writer)
    os.close(writer)
    t.expect(t.eventually(lambda: b"AAAA" in t.read("n.ipynb"), 30), "nothing was saved while the reader stalled")
    running.signal(signal.SIGTERM)
    try:
        running.process.wait(5)
    except subprocess.TimeoutExpired:
        running.signal(signal.SIGTERM)
    ended = running.end(10)
    os.close(reader)
    ended.exits(143)
    t.keeps(("A" * 1000 + "\n") * 3000, 0)


@row("V01", "-j 2 on four notebooks, Ctrl-C on a terminal: both kept, the others are reported as not run")
def _(t):
    for number in range(1, 5):
        t.notebook(f"n{number}.ipynb", ["print('on')", "import time; time.sleep(60)"])
    ended = t.on_terminal("run", "n1.ipynb", "n2.ipynb", "n3.ipynb", "n4.ipynb", "-j", "2", "--events", "events",
                          "--report", "junit.xml", keys=[("on", b"\x03")], limit=60)
    ended.exits(130)
    for name in ("n3.ipynb", "n4.ipynb"):
        t.expect(any(event.get("notebook") == name for event in t.events()), f"{name} is in no event")
        t.expect(name.encode() in t.read("junit.xml"), f"{name} is not in the JUnit report")


@row("W06", "-j 2 without a terminal: INT, TERM, KILL leave intact files and no process")
def _(t):
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)):
        for name in ("a.ipynb", "b.ipynb"):
            t.notebook(name, ["print('on')", COUNTING])
        t.start("run", "a.ipynb", "b.ipynb", "-j", "2").wait_for("3").signal(number).end(30).exits(code)
        t.cells("a.ipynb")
        t.cells("b.ipynb")


@row("E17", "a closed standard input")
def _(t):
    t.notebook("n.ipynb", ["print('kept')"])
    t.run(*RUN, wrap=["sh", "-c", 'exec "$@" <&-', "sh"]).exits(0)
    t.keeps("kept\n", 0)


@row("E16", "closed standard streams are never reused for sockets or files of the run")
def _(t):
    for closed in ("<&- >&-", ">&-", "<&- >&- 2>&-", "2>&-"):
        t.notebook("n.ipynb", ["import time; print('Z' * 100, flush=True); time.sleep(1)"])
        running = t.start("run", "n.ipynb", "--events", "events", wrap=["sh", "-c", f'exec "$@" {closed}', "sh"])
        t.expect(t.eventually(lambda: os.path.exists(t.path("events")) and b"cell_started" in t.read("events"), 30), "no start")
        for number in range(3):
            target = os.readlink(f"/proc/{running.process.pid}/fd/{number}")
            t.expect(target.startswith(("/dev/null", "pipe:")), f"descriptor {number} is {target} with {closed}")
        running.end(30).exits(0, 6)
        t.keeps("Z" * 100 + "\n", 0)
        os.unlink(t.path("events"))


@row("G01", "the guardian killed, then Lyre: the kernel ends")
def _(t):
    t.checks_files = False
    t.notebook("n.ipynb", ["print('kept')", COUNTING])
    running = t.start(*RUN).wait_for("3")
    others = [pid for pid, line in t.processes() if pid != running.process.pid and "ipykernel" not in line]
    for pid in others:
        os.kill(pid, signal.SIGKILL)
    running.signal(signal.SIGKILL).end(30)
    t.expect(t.eventually(lambda: not t.processes()), "the kernel still runs")


@row("L12", "a terminal that hangs up")
def _(t):
    t.notebook("n.ipynb", ["print('kept')", COUNTING])
    running = t.start(*RUN).wait_for("3")
    running.signal(signal.SIGHUP)
    running.end(30).exits(129)
    t.keeps("kept\n", 0)


@row("T20", "SIGUSR1 and SIGUSR2 do not lose the outputs")
def _(t):
    t.checks_files = False  # SIGUSR1 ends a program that does not handle it; outputs may be in a journal
    for number in (signal.SIGUSR1, signal.SIGXCPU):
        t.notebook("n.ipynb", ["print('kept')", COUNTING])
        running = t.start("run", "n.ipynb", "--save-every", "0.2").wait_for("15")
        running.signal(number)
        try:
            running.process.wait(3)
        except subprocess.TimeoutExpired:
            running.signal(signal.SIGTERM)
        running.end(30)
        t.keeps("kept\n", 0)
