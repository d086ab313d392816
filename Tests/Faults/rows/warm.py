"""Warm starts: kernels forked from a process that has imported their modules."""
import os, signal, time

from registry import row


def notebooks(t, sources, count=4):
    names = [f"w{number}.ipynb" for number in range(count)]
    for name in names:
        t.notebook(name, sources)
    return names


@row("W01", "forked kernels differ in random numbers, pid, session and temporary names")
def _(t):
    names = notebooks(t, ["""import random, uuid, os, secrets, tempfile
print(random.random(), uuid.uuid4(), uuid.uuid1(), os.urandom(8).hex(), secrets.token_hex(8), os.getpid(), os.getsid(0),
      tempfile.mktemp())"""])
    for options in ([], ["-j", "2"], ["--preload", "uuid,random,secrets,tempfile"]):
        t.run("run", *names, *options).exits(0)
        values = [t.output(0, name).split() for name in names]
        for column in range(len(values[0])):
            t.expect(len({line[column] for line in values}) == len(values), f"equal values in column {column}: {values}")


@row("W02", "the server is killed: the other kernels start cold, and all results are complete")
def _(t):
    names = notebooks(t, ["print('kept')", """import os, signal, subprocess
if open('count', 'a').tell() == 1:
    for line in subprocess.run(['ps', '-o', 'pid=,args=', '--ppid', str(os.getppid())], capture_output=True, text=True).stdout.splitlines():
        pid, words = line.split(None, 1)
        if int(pid) != os.getpid() and 'python' in words: os.kill(int(pid), signal.SIGKILL)
open('count', 'a').write('x')"""], 5)
    t.run("run", *names).exits(0, 4)
    whole = sum(1 for name in names if t.output(0, name) == "kept\n")
    t.expect(whole >= 4, f"only {whole} of 5 are complete")


@row("W04", "a forked kernel that kills itself is reported, and the other results are complete")
def _(t):
    names = notebooks(t, ["print('kept')"])
    t.notebook(names[1], ["print('kept')", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
    t.run("run", *names).exits(4).says("SIGKILL")
    for name in names:
        t.keeps("kept\n", 0, name)


@row("W05", "daemons of forked kernels end with their notebook")
def _(t):
    names = notebooks(t, ["import subprocess; subprocess.Popen(['setsid', 'env', '-i', 'sleep', '7311']); print('kept')"])
    t.run("run", *names, limit=60).exits(0)
    for name in names:
        t.keeps("kept\n", 0, name)
    t.expect(t.eventually(lambda: not t.sleeping(7311)), "daemons still run")


@row("W07", "Lyre is killed while the server imports: no process or file is left", slow=True)
def _(t):
    names = notebooks(t, ["print('kept')"])
    for moment in range(12):
        running = t.start("run", *names, "-q")
        time.sleep(0.03 + moment * 0.06)
        running.signal(signal.SIGKILL).end(30)
        for name in names:
            t.cells(name)
    t.expect(t.eventually(lambda: not t.processes()), f"left: {t.processes()}")
    t.expect(t.eventually(lambda: not os.listdir(t.tmp)), f"left in TMPDIR: {os.listdir(t.tmp)}")


@row("W08", "--preload of a missing module is reported, and all notebooks run")
def _(t):
    names = notebooks(t, ["print('kept')"])
    t.run("run", *names, "--preload", "nosuchmodule").exits(0).says("nosuchmodule")
    for name in names:
        t.keeps("kept\n", 0, name)


@row("W08b", "--preload accepts names of modules only")
def _(t):
    names = notebooks(t, ["print('kept')"])
    t.run("run", *names, "--preload", "os;import x").exits(2)


@row("W08c", "--preload of modules that exit, start threads or print")
def _(t):
    t.write("site/ends.py", "raise SystemExit(3)")
    t.write("site/threads.py", "import threading, time\nthreading.Thread(target=time.sleep, args=(5,), daemon=True).start()")
    t.write("site/prints.py", "print('x' * 100000)")
    names = notebooks(t, ["print('kept')"])
    for module in ("ends", "threads", "prints"):
        t.run("run", *names, "--preload", module, environment={"PYTHONPATH": t.path("site")}).exits(0)
        for name in names:
            t.keeps("kept\n", 0, name)


@row("W09", "modules beside notebooks with names of ipykernel's modules do no harm")
def _(t):
    for module in ("json.py", "zmq.py"):
        t.write(f"site/{module}", "raise SystemExit(7)")
    names = [f"site/w{number}.ipynb" for number in range(3)]
    for name in names:
        t.notebook(name, ["print('kept')"])
    one = t.run("run", names[0]).code
    several = t.run("run", *names).code
    t.expect(one == several, f"one alone ends with {one}, several with {several}")
