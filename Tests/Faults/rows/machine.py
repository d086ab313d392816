"""Limits of the machine and odd environments."""
import json, os, subprocess

from harness import Skip, as_second_user
from registry import row


def runs(name, title, wrap=(), environment=None, notebook="n.ipynb", options=(), exits=(0,)):
    @row(name, title)
    def _(t):
        t.checks_files = False
        t.notebook(notebook, ["print('kept')"])
        t.run("run", "./" + notebook, *options, wrap=[part.replace("{dir}", t.directory) for part in wrap],
              environment={key: value and value.replace("{dir}", t.directory) for key, value in (environment or {}).items()}
              ).exits(*exits)
        t.keeps("kept\n", 0, notebook)


runs("E01", "64 descriptors", ["prlimit", "--nofile=64:64"])
runs("E06", "TMPDIR unset", environment={"TMPDIR": None})
runs("E08", "TMPDIR missing", environment={"TMPDIR": "{dir}/nowhere"})
runs("E09", "TMPDIR of 200 characters", ["sh", "-c", f'mkdir -p "{{dir}}/{"t" * 180}"; exec "$@"', "sh"],
     {"TMPDIR": "{dir}/" + "t" * 180})
runs("E10", "TMPDIR relative", environment={"TMPDIR": "tmp"})
runs("E11", "TMPDIR is a file", environment={"TMPDIR": "{dir}/n.ipynb"})
runs("E12", "HOME unset", environment={"HOME": None})
runs("E14", "XDG_RUNTIME_DIR=/dev/null", environment={"XDG_RUNTIME_DIR": "/dev/null"})
runs("E20", "LC_ALL=C", environment={"LC_ALL": "C", "LANG": "C"})
runs("E23", "a name with a space, quotes, $ and `", notebook="a b'\"$HOME`id`.ipynb")
runs("E24", "a name that is not ASCII", notebook="é漢🎵.ipynb")
runs("E26", "a name of 255 bytes", notebook="n" * 249 + ".ipynb")
runs("E27", "a name that begins with a dash", notebook="-rf.ipynb")
runs("E30", "a name with wildcards", notebook="a[1]*.ipynb")
runs("E31", "a name with braces", notebook="a{name}.ipynb")
runs("E34", "no /dev/shm", ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /dev/shm && chmod 0 /dev/shm; exec "$@"', "sh"])
runs("E37", "no loopback, ipc", ["unshare", "-n"])
runs("E04", "600 MB of address space", ["prlimit", "--as=1500000000"])


@row("E02", "20 descriptors: a message with the remedy")
def _(t):
    t.notebook("n.ipynb", ["print('kept')"])
    t.run("run", "n.ipynb", wrap=["prlimit", "--nofile=20:20"]).exits(5).says("ulimit -n")


@row("E03", "10 descriptors: a message, no abort")
def _(t):
    t.notebook("n.ipynb", ["print('kept')"])
    t.run("run", "n.ipynb", wrap=["prlimit", "--nofile=10:10"]).exits(5, 2, 6).says("ulimit -n")


@row("E28", "control characters in a name are shown as symbols")
def _(t):
    name = "a\n\x1b]0;PWNED\x07.ipynb"
    t.notebook(name, ["print('kept')"])
    t.run("run", name).exits(0).quiet_of_controls()
    t.keeps("kept\n", 0, name)


@row("E29", "a name that is not UTF-8")
def _(t):
    t.notebook("plain.ipynb", ["print('kept')"])
    name = os.fsencode(t.directory) + b"/a\xff.ipynb"
    os.rename(t.path("plain.ipynb"), name)
    ended = t.run("run", os.fsdecode(name))
    if ended.code == 0:
        t.expect(b"kept" in open(name, "rb").read(), "exit code 0, but the file has no outputs")
    else:
        ended.exits(2).says_not("no such file")
    os.rename(name, t.path("plain.ipynb"))


@row("E33", "a preloaded library that hides the arguments does not make a run succeed")
def _(t):
    library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
    if not os.path.exists(library):
        raise Skip("libfaketime is not installed")
    t.notebook("n.ipynb", ["print('kept')"])
    t.run("run", "n.ipynb", environment={"LD_PRELOAD": library, "FAKETIME": "-1d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}).exits(0)
    t.keeps("kept\n", 0)


@row("E35", "without /proc a notebook runs, or the command fails: never the help text with exit code 0")
def _(t):
    t.notebook("n.ipynb", ["print('kept')"])
    ended = t.run("run", "n.ipynb", wrap=["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"])
    if ended.code == 0:
        t.keeps("kept\n", 0)
    else:
        ended.exits(2, 5)
    t.expect(b"USAGE" not in ended.out, "the help is shown")


@row("E44", "a deleted working folder")
def _(t):
    t.notebook("n.ipynb", ["print('kept')"])
    t.run("run", t.path("n.ipynb"), wrap=["sh", "-c", 'mkdir gone; cd gone; rmdir ../gone; exec "$@"', "sh"]).exits(0)
    t.keeps("kept\n", 0)


@row("E45", "a missing --cwd is refused before the run")
def _(t):
    t.notebook("n.ipynb", ["print('kept')"])
    t.run("run", "n.ipynb", "--cwd", "nowhere").exits(2)


@row("E47", "--existing with garbage, unused ports and invalid ports")
def _(t):
    t.notebook("n.ipynb", ["print('kept')"])
    t.write("garbage.json", "{")
    good = ('{"shell_port": %d, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5, "ip": "127.0.0.1", '
            '"key": "k", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "x"}')
    t.write("dead.json", good % 1)
    t.write("beyond.json", good % 70000)
    t.run("run", "n.ipynb", "--existing", "garbage.json").exits(2, 5)
    t.run("run", "n.ipynb", "--existing", "dead.json", "--startup-timeout", "2").exits(5)
    t.run("run", "n.ipynb", "--existing", "beyond.json", "--startup-timeout", "2").exits(2, 5)


@row("E50", "variables that are not UTF-8 reach the kernel unchanged")
def _(t):
    t.notebook("n.ipynb", ["import os; print(os.environb[b'LATIN'], os.environb[b'X_\\xe9'])"])
    t.run("run", "n.ipynb", wrap=["sh", "-c", "LATIN=$(printf 'caf\\351') exec env \"$(printf 'X_\\351')=1\" \"$@\"", "sh"]).exits(0)
    t.keeps("b'caf\\xe9' b'1'\n", 0)


@row("S03", "the connection file is private under any umask, and results respect the umask")
def _(t):
    import stat
    for mask in ("000", "077"):
        t.notebook("n.ipynb", ["""import sys, os, stat, ipykernel
from ipykernel.connect import get_connection_file
f = get_connection_file()
print(oct(stat.S_IMODE(os.stat(f).st_mode)), oct(stat.S_IMODE(os.stat(os.path.dirname(f)).st_mode)))"""])
        os.chmod(t.path("n.ipynb"), 0o666)
        t.run("run", "n.ipynb", "-o", f"out{mask}.ipynb", wrap=["sh", "-c", f'umask {mask}; exec "$@"', "sh"]).exits(0)
        t.keeps("0o600 0o700\n", 0, f"out{mask}.ipynb")
        wanted = 0o666 & ~int(mask, 8)
        t.expect(stat.S_IMODE(os.stat(t.path(f"out{mask}.ipynb")).st_mode) == wanted, f"umask {mask} is not respected")


@row("S01", "another user cannot read the key, the folder or the sockets")
def _(t):
    wrap = as_second_user()
    t.notebook("n.ipynb", ["""from ipykernel.connect import get_connection_file
import time
print(get_connection_file(), flush=True); time.sleep(4)"""])
    os.chmod(t.tmp, 0o777)
    running = t.start("run", "n.ipynb").wait_for("/")
    t.eventually(lambda: b"\n" in running.out)
    file = bytes(running.out).decode().split()[0]
    for command in (["cat", file], ["ls", os.path.dirname(file)], ["cat", f"/proc/{running.process.pid}/environ"]):
        done = subprocess.run([*wrap, *command], capture_output=True)
        t.expect(done.returncode != 0, f"another user may {command}")
    key = json.load(open(file))["key"]
    listing = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True).stdout
    t.expect(key not in listing and key not in running.end(30).text, "the key is visible")
