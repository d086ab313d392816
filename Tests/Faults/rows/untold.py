"""Files that Lyre opens on its own: only those that SECURITY.md lists."""
import os, re, shutil, sys

from harness import Skip
from registry import row

CALLS = "trace=open,openat,openat2,stat,lstat,newfstatat,statx,access,faccessat,faccessat2,readlink,readlinkat,connect,bind,execve"


def opened(t, *arguments):
    """The paths that Lyre's own processes open, inspect or connect to, until they run other programs."""
    strace = shutil.which("strace")
    if not strace:
        raise Skip("needs strace")
    trace = t.path("trace")
    t.run(*arguments, wrap=[strace, "-f", "-qq", "-b", "execve", "-o", trace, "-e", CALLS]).exits(0)
    paths = set()
    with open(trace, errors="replace") as file:
        for line in file:
            call = re.match(r"\d+ +(\w+)\((.*)", line)
            if not call or call[1] == "execve":
                continue
            path = re.search(r'"((?:[^"\\]|\\.)*)"', call[2])
            if path and path[1]:
                paths.add(os.path.normpath(os.path.join(t.directory, path[1])))
    os.unlink(trace)
    if len(paths) < 20:
        t.expect(False, f"strace saw almost nothing: {sorted(paths)}")
    return paths


def listed(t, *others):
    """The files listed in SECURITY.md, as patterns; `others`: files named on the command line, below the row's folder."""
    here = re.escape(t.directory)
    prefixes = {os.path.realpath(os.path.join(folder, "..")) for folder in t.environment["PATH"].split(":")}
    prefixes |= {sys.prefix, sys.base_prefix, os.path.dirname(t.lyre), os.path.dirname(os.path.realpath(t.lyre))} | set(t.environment["JUPYTER_PATH"].split(":"))
    prefixes |= {os.path.dirname(os.path.dirname(prefix)) for prefix in t.environment["JUPYTER_PATH"].split(":") if prefix}
    patterns = [
        # The system's files: libraries, users, time, processes.
        "/(usr|lib|lib64|bin|sbin|opt|proc|sys|dev)(/.*)?",
        "/etc/(ld\\.so.*|passwd|group|nsswitch\\.conf|localtime|protocols|alternatives/.*)", "/(var/)?run/nscd/socket",
        # Environments on PATH: interpreters, kernelspecs, packages.
        *(re.escape(prefix) + "(/.*)?" for prefix in prefixes if prefix not in ("", "/")),
        # Kernelspecs of the user.
        f"{here}/(data|jupyter|ipython|home/\\.local/share/jupyter)(/kernels(/.*)?)?",
        # The user's state, and the directory for connection files.
        f"{here}/(home/\\.local/)?state(/lyre(/.*)?)?", f"{here}/home(/\\.local)?", f"{here}/tmp(/lyre-.*)?", f"/tmp/lyre-{os.getuid()}",
        "/tmp/lyre-......(/.*)?",
    ]
    # Parent directories of named files, for links in them.
    for folder in {t.directory, *prefixes}:
        while folder not in ("", "/"):
            patterns.append(re.escape(folder))
            folder = os.path.dirname(folder)
    patterns.append("/")
    return re.compile("|".join(f"(?:{pattern})" for pattern in [*patterns, *(f"{here}/{other}" for other in others)]))


def bait(t):
    """Files that other programs would read, or that could be Lyre's own."""
    for name in (".lyre", "lyre.toml", ".env", "pyproject.toml", "setup.cfg", "sitecustomize.py", ".Rprofile", ".jupyter/jupyter_config.py",
                 "home/.jupyter/jupyter_config.py", "home/.netrc", "home/.config/lyre/config", "home/.lyre", ".n.ipynb.swp"):
        t.write(name, "raise SystemExit('bait')\n")


def expect_listed(t, paths, pattern):
    unlisted = sorted(path for path in paths if not pattern.fullmatch(path))
    t.expect(not unlisted, f"SECURITY.md does not list {unlisted}")


NOTEBOOK = r"(\.?[nm]\.ipynb(\.[-\w]{6}|\.lyre-copy|\.lyre-journal)?)"


@row("U01", "lyre run opens only files listed in SECURITY.md")
def _(t):
    bait(t)
    t.scripted()
    t.notebook("n.ipynb", ["print one"], kernel="scripted")
    expect_listed(t, opened(t, "run", "n.ipynb"), listed(t, NOTEBOOK))


@row("U02", "lyre run of several notebooks with warm starts opens only files listed in SECURITY.md")
def _(t):
    bait(t)
    for name in ("n.ipynb", "m.ipynb"):
        t.notebook(name, ["print('one')"])
    expect_listed(t, opened(t, "run", "n.ipynb", "m.ipynb"), listed(t, NOTEBOOK))


@row("U03", "commands that only read open only files listed in SECURITY.md")
def _(t):
    bait(t)
    t.scripted()
    t.notebook("n.ipynb", ["print one"], kernel="scripted")
    t.run("run", "n.ipynb").exits(0)
    for command in (["kernels"], ["check", "n.ipynb"], ["inspect", "n.ipynb"], ["format", "n.ipynb"], ["recover", "n.ipynb"],
                    ["history"], ["follow", "n.ipynb"]):
        expect_listed(t, opened(t, *command), listed(t, NOTEBOOK))


@row("U04", "lyre pipeline opens only files listed in SECURITY.md")
def _(t):
    bait(t)
    t.notebook("n.ipynb", ["print('one')"])
    t.write("a.py", "print(1)")
    t.pipeline("p.pipeline", [{"file": "a.py"}, {"file": "n.ipynb", "after": ["a"]}])
    # The work tree of git, if any, and IPython's startup files, for the fingerprint.
    pattern = listed(t, NOTEBOOK, r"a\.py", r"p\.pipeline", r"\.git", r"ipython/profile_default(/(startup|ipython_\w+\.py))?")
    pattern = re.compile(pattern.pattern + r"|(?:/|/.*/)\.git")
    for command in (["run", "p.pipeline"], ["run", "p.pipeline", "--cached"], ["status", "p.pipeline"], ["validate", "p.pipeline"],
                    ["history", "p.pipeline"], ["logs", "last", "a"]):
        expect_listed(t, opened(t, "pipeline", *command), pattern)


@row("U05", "pyenv's version file cannot select an interpreter outside of pyenv")
def _(t):
    t.write("pyenv/shims/python3", "#!/bin/sh\n")
    os.chmod(t.path("pyenv/shims/python3"), 0o755)
    t.write("evil/bin/python3", "#!/bin/sh\n")
    os.chmod(t.path("evil/bin/python3"), 0o755)
    t.write("evil/share/jupyter/kernels/planted/kernel.json", '{"argv": ["x"], "display_name": "planted", "language": "python"}')
    t.write(".python-version", "../../evil\n")
    os.makedirs(t.path("pyenv/versions"))
    ended = t.run("kernels", environment={"PATH": t.path("pyenv/shims") + ":/usr/bin:/bin", "VIRTUAL_ENV": None, "PWD": t.directory})
    t.expect("planted" not in ended.out.decode(), "a version file selected kernels outside of pyenv")
