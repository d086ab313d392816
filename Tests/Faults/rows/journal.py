"""Files that an interrupted run leaves for the next one, and files planted by others."""
import glob, json, os, signal, subprocess

from harness import as_second_user
from registry import row

BIG = "print('Z' * 30_000_000)"
COUNTING = "import time\nfor i in range(2000):\n    print(i, flush=True)\n    time.sleep(0.02)"


def interrupted(t, upto="200"):
    """Kills a run with a journal, and returns the path of the journal."""
    t.checks_files = False
    t.notebook("n.ipynb", [BIG, COUNTING])
    out = t.path("out")
    with open(out, "wb") as file:
        running = t.start("run", "n.ipynb", "-q", stdout=file)
    t.expect(t.eventually(lambda: f"\n{upto}\n".encode() in t.read("out")[-2000:], 60), "the cell did not run")
    running.signal(signal.SIGKILL).end(30)
    journals = glob.glob(t.path(".n.ipynb.lyre-journal"))
    t.expect(journals, f"no journal in {os.listdir(t.directory)}")
    return journals[0]


@row("J01", "SIGKILL with 30 MB in the notebook: recover brings back all but the last seconds")
def _(t):
    interrupted(t)
    t.run("recover", "n.ipynb").exits(0).says("recovered")
    held = t.output(1).splitlines()
    t.expect(len(held) > 100 and held == [str(i) for i in range(len(held))], f"{len(held)} lines came back")


@row("J02", "a truncated journal returns its complete entries")
def _(t):
    journal = interrupted(t)
    os.truncate(journal, os.path.getsize(journal) - 100)
    t.run("recover", "n.ipynb").exits(0, 2)
    t.cells()


@row("J03", "a damaged journal is reported and kept, by recover and by run")
def _(t):
    journal = interrupted(t)
    data = open(journal, "rb").read()
    with open(journal, "wb") as file:
        file.write(b"\0\0\0\n" + data)
    ended = t.run("recover", "n.ipynb")
    t.expect(ended.code != 0, "recover reports success")
    kept = [path for path in glob.glob(t.path("*journal*")) + glob.glob(t.path(".*journal*"))
            if data[:200] in open(path, "rb").read()]
    t.expect(kept, f"the journal is gone: {os.listdir(t.directory)}")
    t.notebook("n.ipynb", ["print(1)"])
    t.run("run", "n.ipynb")
    kept = [path for path in glob.glob(t.path("*journal*")) + glob.glob(t.path(".*journal*"))
            if data[:200] in open(path, "rb").read()]
    t.expect(kept, f"a run removed the journal: {os.listdir(t.directory)}")


def planted():
    body = {"cells": [{"cell_type": "code", "execution_count": None, "id": "c0", "metadata": {}, "outputs": [],
                       "source": "open('PWNED', 'w').write('x')"}],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}},
            "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(body, indent=1)


def sticky(t):
    """A notebook in a folder where all users may create files, and a way to act as another user there."""
    wrap = as_second_user()
    t.checks_files = False
    os.mkdir(t.path("shared"))
    os.chmod(t.path("shared"), 0o1777)
    t.notebook("shared/n.ipynb", ["print('mine')"])
    return wrap


@row("S05", "another user's copy in a sticky folder is neither run nor used as the notebook")
def _(t):
    wrap = sticky(t)
    program = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    for suffix in ("lyre-copy", "lyre-journal"):
        subprocess.run([*wrap, "/usr/bin/python3", "-c", program, t.path(f"shared/.n.ipynb.{suffix}")],
                       input=planted(), text=True, check=True)
    t.run("run", "shared/n.ipynb").exits(0)
    t.keeps("mine\n", 0, "shared/n.ipynb")
    t.expect(not os.path.exists(t.path("shared/PWNED")), "foreign code ran")


@row("S11", "a copy from a clone or an archive is not run")
def _(t):
    t.checks_files = False
    t.notebook("n.ipynb", ["print('mine')"])
    t.write(".n.ipynb.lyre-copy", planted())
    t.run("run", "n.ipynb").exits(0)
    t.keeps("mine\n", 0)
    t.expect(not os.path.exists(t.path("PWNED")), "foreign code ran")
    t.run("recover", "n.ipynb")
    t.keeps("mine\n", 0)


@row("S12", "a copy or a journal that is a link is not followed")
def _(t):
    t.checks_files = False
    t.write("victim", "untouched")
    for suffix in ("lyre-copy", "lyre-journal"):
        t.notebook("n.ipynb", ["print('mine')"])
        os.symlink(t.path("victim"), t.path(f".n.ipynb.{suffix}"))
        t.run("run", "n.ipynb").exits(0)
        t.keeps("mine\n", 0)
        t.expect(t.read("victim") == b"untouched", "a link was followed")
        if os.path.lexists(t.path(f".n.ipynb.{suffix}")):
            os.unlink(t.path(f".n.ipynb.{suffix}"))
        os.link(t.path("victim"), t.path(f".n.ipynb.{suffix}"))
        t.run("run", "n.ipynb").exits(0)
        t.expect(t.read("victim") == b"untouched", "a hard link was written to")
        if os.path.lexists(t.path(f".n.ipynb.{suffix}")):
            os.unlink(t.path(f".n.ipynb.{suffix}"))


@row("S05c", "another user's file with the journal's name does not stop the run")
def _(t):
    wrap = sticky(t)
    holder = subprocess.Popen([*wrap, "/usr/bin/python3", "-c",
                               "import fcntl,sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print('held', flush=True); sys.stdin.read()",
                               t.path("shared/.n.ipynb.lyre-journal")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    try:
        t.run("run", "shared/n.ipynb").exits(0)
    finally:
        holder.kill()
        holder.wait()
    t.keeps("mine\n", 0, "shared/n.ipynb")
