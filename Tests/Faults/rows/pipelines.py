"""Pipelines: stopped, killed, retried, hostile, and reused results."""
import glob, os, signal, sqlite3, subprocess

from harness import as_process_1, as_second_user
from registry import row

def record_of(t):
    return glob.glob(t.path("state", "**", "*.sqlite"), recursive=True)[0]


SLOW = "import time\nprint('on', flush=True)\ntime.sleep(60)"


def stopped(name, number, code):
    @row(name, f"{number.name} with two nodes running: code, record, events and JUnit agree")
    def _(t):
        for script in "ab":
            t.write(f"{script}.py", SLOW)
        t.write("c.py", "1")
        t.pipeline("p.pipeline", [{"file": "a.py"}, {"file": "b.py"}, {"file": "c.py", "after": ["a", "b"]}])
        running = t.start("pipeline", "run", "p.pipeline", "-j", "2", "--events", "events", "--report", "junit.xml")
        t.expect(t.eventually(lambda: os.path.exists(t.path("events")) and t.read("events").count(b'"line"') >= 2, 30), "no start")
        running.signal(number).end(30).exits(code)
        status = {event["label"]: event["status"] for event in t.events() if event["event"] == "node_finished"}
        t.expect(status.get("a") == status.get("b") == "interrupted", f"{status}")
        t.expect(status.get("c") in ("not_run", "blocked"), f"c is {status.get('c')}")
        t.expect(b"c" in t.read("junit.xml"), "c is missing from the reports")
        ended = t.run("pipeline", "history", "p.pipeline").exits(0)
        t.expect(b"interrupted" in ended.out + ended.err, "the record does not agree")


stopped("P01i", signal.SIGINT, 130)
stopped("P01t", signal.SIGTERM, 143)
stopped("P01h", signal.SIGHUP, 129)


@row("P01k", "SIGKILL, then --resume")
def _(t):
    t.write("a.py", "open('a.out', 'a').write('x')")
    t.write("b.py", "import os, time\nopen('b.on', 'w')\nif not os.path.exists('go'): time.sleep(60)")
    t.pipeline("p.pipeline", [{"file": "a.py", "outputs": ["a.out"]}, {"file": "b.py", "after": ["a"]}])
    running = t.start("pipeline", "run", "p.pipeline")
    t.expect(t.eventually(lambda: os.path.exists(t.path("b.on")), 30), "b did not start")
    running.signal(signal.SIGKILL).end(30)
    t.expect(t.eventually(lambda: not t.processes()), f"left: {t.processes()}")
    ended = t.run("pipeline", "history", "p.pipeline").exits(0)
    t.expect(b"running" not in ended.out, "the run is reported as running")
    t.write("go", "")
    t.run("pipeline", "run", "p.pipeline", "--resume").exits(0)
    t.expect(t.read("a.out") == b"x", "a ran again")


@row("P02", "a node that ignores SIGINT and SIGTERM, Ctrl-C")
def _(t):
    t.write("a.py", "import signal\nfor s in (2, 15): signal.signal(s, signal.SIG_IGN)\n" + SLOW)
    t.pipeline("p.pipeline", [{"file": "a.py"}])
    running = t.start("pipeline", "run", "p.pipeline").wait_for("on")
    running.signal(signal.SIGINT).end(40).exits(130)


@row("P02r", "a script in its second attempt is stopped by one signal")
def _(t):
    t.write("a.py", "import os, time\nn = len(os.listdir('tries'))\nopen(f'tries/{n}', 'w')\nif n == 0: raise SystemExit(1)\n"
            "print('on', flush=True)\ntime.sleep(60)")
    os.mkdir(t.path("tries"))
    t.pipeline("p.pipeline", [{"file": "a.py"}])
    running = t.start("pipeline", "run", "p.pipeline", "--retries", "2").wait_for("on")
    t.expect(len(os.listdir(t.path("tries"))) == 2, f"tries: {os.listdir(t.path('tries'))}")
    running.signal(signal.SIGTERM).end(20).exits(143)


def daemons(name, title, start, node="a.py", kill=False):
    @row(name, title)
    def _(t):
        seconds = 7400 + sum(map(ord, name))
        source = start.replace("SECONDS", str(seconds))
        if node.endswith(".py"):
            t.write("a.py", source)
        else:
            t.notebook("a.ipynb", [source])
        t.write("b.py", f"import subprocess; open('seen', 'w').write(subprocess.run(['pgrep', '-f', 'sleep {seconds}$'], "
                        "capture_output=True, text=True).stdout)")
        t.pipeline("p.pipeline", [{"file": node}, {"file": "b.py", "after": ["a"]}])
        running = t.start("pipeline", "run", "p.pipeline", "-q")
        if kill:
            t.expect(t.eventually(lambda: t.sleeping(seconds), 20), "no daemon was started")
            running.signal(signal.SIGKILL).end(30)
        else:
            running.end(60).exits(0)
            t.expect(t.read("seen") == b"", "the next node saw the daemon")
        t.expect(t.eventually(lambda: not t.sleeping(seconds)), f"'sleep {seconds}' still runs")


daemons("P03", "a script's daemon ends with its node", "import subprocess; subprocess.Popen(['setsid', 'sleep', 'SECONDS'])")
daemons("P04", "a script's daemon without an environment ends with its node",
        "import subprocess; subprocess.Popen(['setsid', 'env', '-i', 'sleep', 'SECONDS'], stdout=-3, stderr=-3)")
daemons("P05", "a notebook's daemon ends with its node",
        "import subprocess; subprocess.Popen(['setsid', 'env', '-i', 'sleep', 'SECONDS'], stdout=-3, stderr=-3)", "a.ipynb")
daemons("P15", "daemons end when Lyre is killed",
        "import subprocess, time; subprocess.Popen(['setsid', 'sleep', 'SECONDS']); time.sleep(60)", kill=True)


@row("P06", "a full state folder does not stop a run")
def _(t):
    t.disk("state", "300k")
    t.write("a.py", "print('x' * 1_000_000)\nopen('out', 'w').write('done')")
    t.pipeline("p.pipeline", [{"file": "a.py"}])
    t.run("pipeline", "run", "p.pipeline").exits(0, 6).says("warning")
    t.expect(t.read("out") == b"done", "the node did not run")


@row("P08", "one pipeline twice at once: the second run is refused")
def _(t):
    t.write("a.py", "import time; print('on', flush=True); time.sleep(3)")
    t.pipeline("p.pipeline", [{"file": "a.py"}])
    first = t.start("pipeline", "run", "p.pipeline").wait_for("on")
    t.run("pipeline", "run", "p.pipeline").exits(2).says("another run")
    first.end(30).exits(0)


@row("P09", "a damaged record is reported and left unchanged")
def _(t):
    t.write("a.py", "1")
    t.pipeline("p.pipeline", [{"file": "a.py"}])
    t.run("pipeline", "run", "p.pipeline", "-q").exits(0)
    record = record_of(t)
    for extra in glob.glob(record + "-*"):
        os.unlink(extra)
    with open(record, "wb") as file:
        file.write(b"garbage" * 1000)
    t.run("pipeline", "history", "p.pipeline").exits(2).says(record)
    t.run("pipeline", "run", "p.pipeline").exits(0, 2)
    t.expect(open(record, "rb").read() == b"garbage" * 1000, "the record was changed")


@row("P13", "a record of a newer version is not changed")
def _(t):
    t.write("a.py", "print(1)")
    t.pipeline("p.pipeline", [{"file": "a.py"}])
    t.run("pipeline", "run", "p.pipeline", "-q").exits(0)
    record = record_of(t)
    base = sqlite3.connect(record)
    base.execute("insert into grdb_migrations values('from the future')")
    base.execute("alter table nodes rename column inputs to inputs2")
    base.commit()
    before = base.execute("select count(*) from runs").fetchone()
    base.close()
    t.run("pipeline", "run", "p.pipeline", "--cached").says("newer version")
    base = sqlite3.connect(record)
    t.expect(base.execute("select count(*) from runs").fetchone() == before, "a row was written")
    base.close()


@row("S07", "a record or a state folder of another user is not used")
def _(t):
    as_second_user()
    t.write("a.py", "print(1)")
    t.pipeline("p.pipeline", [{"file": "a.py"}])
    t.run("pipeline", "run", "p.pipeline", "-q").exits(0)
    record = record_of(t)
    os.chown(record, 65534, 65534)
    ended = t.run("pipeline", "run", "p.pipeline", "--cached")
    t.expect("unchanged" not in ended.text, "another user's record decided that a node is unchanged")


@row("B07", "cyclic links in a dependency folder end at once, and signals stop hashing")
def _(t):
    os.makedirs(t.path("data", "deep"))
    for name in ("one", "two"):
        os.symlink("..", t.path("data", "deep", name))
        os.symlink(".", t.path("data", name))
    t.write("data/x", "1")
    os.mkfifo(t.path("data", "fifo"))
    t.write("a.py", "print('ran')")
    t.pipeline("p.pipeline", [{"file": "a.py", "dependencies": ["data"], "deep": True}])
    t.run("pipeline", "run", "p.pipeline", "--cached", limit=30).exits(0, 2)


def reused(name, title, change, again=True, options=()):
    """--cached reuses a node that ran; after one change it runs again."""
    @row(name, title)
    def _(t):
        os.makedirs(t.path("data", ".hidden"))
        t.write("data/x", "1")
        t.write("data/.hidden/z", "1")
        t.write("tool", "#!/bin/sh\n")
        os.makedirs(t.path("py"))
        os.symlink(subprocess.run(["which", "python3"], capture_output=True, text=True, env=t.environment).stdout.strip(),
                   t.path("py/python3"))
        os.symlink("data", t.path("link"))
        t.write("other/x", "2")
        t.write("a.py", "open('out', 'a').write('x')")
        node = {"file": "a.py", "dependencies": ["data", "tool", "link"], "deep": True, "env": ["NAMED=1", "OUTSIDE="]}
        t.pipeline("p.pipeline", [node])
        arguments = ["pipeline", "run", "p.pipeline", "--cached", "--python", t.path("py/python3")]
        variables = {"OUTSIDE": "1"}
        t.run(*arguments, environment=variables).exits(0)
        t.run(*arguments, environment=variables).exits(0)
        t.expect(t.read("out") == b"x", f"it ran again though nothing changed: {t.read('out')}")
        change(t, node, variables)
        t.run(*arguments, environment=variables).exits(0)
        ran = t.read("out") == b"xx"
        t.expect(ran == again, "it did not run again" if again else "it ran again")


def point(t, name, target):
    os.unlink(t.path(name))
    os.symlink(target, t.path(name))


def renamed_env(t, node, variables):
    node["env"] = ["NAMED=2", "OUTSIDE="]
    t.pipeline("p.pipeline", [node])


reused("C01", "--cached: touch", lambda t, n, v: os.utime(t.path("data/x")), again=False)
reused("C03", "--cached: a link to another folder", lambda t, n, v: point(t, "link", "other"))
reused("C05", "--cached: a file in a dependency folder", lambda t, n, v: t.write("data/x", "2"))
reused("C06", "--cached: a new file in a dependency folder", lambda t, n, v: t.write("data/y", "2"))
reused("C07", "--cached: a file in a hidden folder of a dependency", lambda t, n, v: t.write("data/.hidden/z", "2"))
reused("C09", "--cached: a variable of the node", renamed_env)
reused("C08", "--cached: a variable named with an empty value, from outside", lambda t, n, v: v.__setitem__("OUTSIDE", "2"))
reused("C17", "--cached: another Python behind the same path", lambda t, n, v: point(t, "py/python3", "/usr/bin/python3"))
reused("C18", "--cached: an executable's mode", lambda t, n, v: os.chmod(t.path("tool"), 0o755))
reused("C19", "--cached: the script itself", lambda t, n, v: t.write("a.py", "open('out', 'a').write('x') # new"))


@row("C21", "--cached: same size and time, other content")
def _(t):
    t.write("data", "1" * 2_000_000)
    t.write("a.py", "open('out', 'a').write('x')")
    t.pipeline("p.pipeline", [{"file": "a.py", "dependencies": ["data"]}])
    t.run("pipeline", "run", "p.pipeline", "--cached").exits(0)
    state = os.stat(t.path("data"))
    t.write("data", "2" * 2_000_000)
    os.utime(t.path("data"), ns=(state.st_atime_ns, state.st_mtime_ns))
    t.run("pipeline", "run", "p.pipeline", "--cached").exits(0)
    t.expect(t.read("out") == b"xx", "it did not run again")


@row("X05", "impossible variables, and Lyre's own, are findings")
def _(t):
    t.write("a.py", "1")
    for variable in ("=x", "  =1", "A\0B=1"):
        t.pipeline("p.pipeline", [{"file": "a.py", "env": [variable]}])
        t.run("pipeline", "run", "p.pipeline").exits(2)


@row("X06", "names of scripts are never commands")
def _(t):
    names = ["$(touch PWN).py", "x;touch PWN;.py", "-c.py", "a b.py"]
    for name in names:
        t.write(name, "print('ran')")
    t.pipeline("p.pipeline", [{"file": name, "label": f"n{number}"} for number, name in enumerate(names)])
    t.run("pipeline", "run", "p.pipeline").exits(0)
    t.expect(not os.path.exists(t.path("PWN")), "a name was run")


@row("X07", "cycles, a node after itself, and two nodes with one id")
def _(t):
    for script in "ab":
        t.write(f"{script}.py", "1")
    t.pipeline("p.pipeline", [{"file": "a.py", "after": ["b"]}, {"file": "b.py", "after": ["a"]}])
    t.run("pipeline", "run", "p.pipeline").exits(2).says("a → b → a")
    t.pipeline("p.pipeline", [{"file": "a.py", "after": ["a"]}])
    t.run("pipeline", "run", "p.pipeline").exits(2)
    t.pipeline("p.pipeline", [{"file": "a.py", "label": "a"}, {"file": "b.py", "label": "a"}])
    t.run("pipeline", "run", "p.pipeline").exits(2)


@row("Y02", "a chain of 10,000 nodes is validated within seconds")
def _(t):
    t.write("a.py", "1")
    t.pipeline("p.pipeline", [{"file": "a.py", "label": f"n{i}", "after": [f"n{i - 1}"] if i else []} for i in range(10_000)])
    t.run("pipeline", "validate", "p.pipeline", limit=60).exits(0, 2)


@row("Y09", "as process 1, pipelines reap orphans")
def _(t):
    wrap = as_process_1()
    t.write("a.py", """import os, time
for i in range(100):
    if os.fork() == 0:
        if os.fork(): os._exit(0)
        os._exit(0)
    os.wait()
for _ in range(100):
    time.sleep(0.05)
    zombies = 0
    for q in os.listdir('/proc'):
        try: zombies += q.isdigit() and open(f'/proc/{q}/stat').read().rsplit(')', 1)[1].split()[0] == 'Z'
        except OSError: pass
    if not zombies: break
open('zombies', 'w').write(str(zombies))""")
    t.pipeline("p.pipeline", [{"file": "a.py"}])
    t.run("pipeline", "run", "p.pipeline", wrap=wrap).exits(0)
    t.expect(t.read("zombies") == b"0", f"{t.read('zombies')} zombies")


@row("P16", "parameters never stay in a source notebook")
def _(t):
    t.notebook("n.ipynb", ["year = 2023", "print(year)"], cell_metadata={0: {"tags": ["parameters"]}})
    t.pipeline("p.pipeline", [{"file": "n.ipynb"}])
    for options, wanted in (([], "2023\n"), (["-p", "year", "2024"], None), ([], "2023\n")):
        t.run("pipeline", "run", "p.pipeline", "-q", *options).exits(0)
        cells = t.cells()
        t.expect(len(cells) == 2, f"{len(cells)} cells are in the notebook")
        if wanted:
            t.keeps(wanted, 1)
