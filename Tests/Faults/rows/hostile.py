"""Hostile notebooks, kernelspecs, parameters and names: bytes that must not take effect, trap or cost without limit."""
import json, os

from registry import row

# A clipboard write, a title, C1 controls, a bidirectional override, a cleared screen.
ODD = "\x1b]52;c;RVZJTA==\x07\x1b]0;PWNED\x07\x9b31m\u202e\x1b[2J"


def shown(name, title, make, *arguments, exits=(0, 1, 2, 4, 5), on_terminal=True):
    """Lyre's own lines show no raw control character, in a pipe and on a terminal."""
    @row(name, title)
    def _(t):
        t.checks_files = False
        made = make(t) or []
        t.run(*arguments, *made).exits(*exits).quiet_of_controls()
        if on_terminal:
            make(t)
            ended = t.on_terminal(*arguments, *made, limit=90).exits(*exits)
            for part in (b"\x1b]52", b"\x1b]0;", b"\xc2\x9b", "\u202e".encode(), b"\x1b[2J", b"\x07"):
                t.expect(part not in ended.out, f"{part!r} reached the terminal")


def cell(t, source, kernel="python3", **more):
    t.notebook("n.ipynb", [source], kernel=kernel, **more)


shown("T01", "escape sequences in an error's value", lambda t: cell(t, f"raise ValueError({ODD!r})"), "run", "n.ipynb")
shown("T02", "escape sequences in an error's name",
      lambda t: cell(t, f"e = type({('E' + ODD)!r}, (Exception,), {{}})\nraise e('x')"), "run", "n.ipynb")
shown("T03", "escape sequences in the first line of a failed cell", lambda t: cell(t, f"1/0 # {ODD}"), "run", "n.ipynb")
shown("T05", "escape sequences in the name of the kernel", lambda t: cell(t, "1", kernel="k" + ODD), "run", "n.ipynb")
shown("T06", "escape sequences in a kernel's last output",
      lambda t: cell(t, f"import os; os.write(2, {ODD.encode()!r}); os._exit(3)"), "run", "n.ipynb")


def wordy(t):
    t.write("words", ODD)
    t.kernelspec("wordy", ["/bin/sh", "-c", f"cat {t.path('words')} >&2; exit 3"], display_name="d" + ODD)
    cell(t, "1", kernel="wordy")


shown("T07", "escape sequences in the output of a kernel that failed to start", wordy, "run", "n.ipynb")
shown("T09", "escape sequences in kernelspecs", wordy, "kernels")


def foreign(t):
    value = {"cells": [{"cell_type": "code", "execution_count": 1, "id": "a", "metadata": {"tags": ["parameters", "t" + ODD]},
                        "outputs": [{"output_type": "error", "ename": "E" + ODD, "evalue": "v" + ODD, "traceback": [ODD]}],
                        "source": f"x = 1 # {ODD}"}],
             "metadata": {"kernelspec": {"name": "k" + ODD, "display_name": "d" + ODD, "language": "python" + ODD}},
             "nbformat": 4, "nbformat_minor": 5}
    t.write("n.ipynb", json.dumps(value))


for verb in ("inspect", "check", "format", "recover"):
    shown(f"T10{verb[0]}", f"escape sequences in a foreign notebook: lyre {verb}", foreign, verb, "n.ipynb")
shown("T12", "escape sequences in the name of a missing file", lambda t: None, "run", "a" + ODD + ".ipynb")
shown("T13", "escape sequences in the name of a parameter", lambda t: cell(t, "1"), "run", "n.ipynb", "-p", "x" + ODD, "1")
shown("T14", "escape sequences in the target of a comm", lambda t: cell(
    t, f"from comm import create_comm\ncreate_comm(target_name={('t' + ODD)!r})"), "run", "n.ipynb")
shown("T15", "escape sequences in invalid JSON", lambda t: t.write("n.ipynb", '{"a' + ODD + '": }') and None, "run", "n.ipynb")
shown("T18", "escape sequences in an option's value", lambda t: cell(t, "1"), "run", "n.ipynb", "--timeout", "x" + ODD)
shown("T19", "escape sequences in an unknown option", lambda t: cell(t, "1"), "run", "n.ipynb", "--x" + ODD)


def odd_pipeline(t):
    t.write("a.py", "print('fine')\nraise SystemExit(3)")
    t.pipeline("p.pipeline", [{"file": "a.py", "label": "a" + ODD, "env": [f"A{ODD}=1"]}], description=ODD)


for verb in ("validate", "describe", "run"):
    shown(f"X10{verb[0]}", f"escape sequences in a pipeline: lyre pipeline {verb}", odd_pipeline, "pipeline", verb, "p.pipeline")


def bytes_of(name, title, make, code, *words, commands=("run", "check", "inspect"), within=20, known=None):
    @row(name, title, known=known)
    def _(t):
        data = make()
        for command in commands:
            t.write("n.ipynb", data)
            t.scripted()
            t.run(command, "n.ipynb", limit=within * 3).exits(*((code,) if isinstance(code, int) else code)).says(*words)
            if code == 2:
                t.expect(t.read("n.ipynb") == (data.encode() if isinstance(data, str) else data), "the file changed")


def wrapped(inner="", cells="", minor="5"):
    return ('{"cells": [%s], "metadata": {"kernelspec": {"name": "scripted", "display_name": "s"}%s}, "nbformat": 4, '
            '"nbformat_minor": %s}' % (cells, inner, minor))


bytes_of("H01", "100,000 levels", lambda: wrapped(', "x": ' + "[" * 100_000 + "]" * 100_000), 2, "nested")
bytes_of("H02", "900 levels", lambda: wrapped(', "x": ' + "[" * 900 + "]" * 900), 0)
bytes_of("H03", "a number of a million digits", lambda: wrapped(', "x": ' + "9" * 1_000_000 + ', "y": 1e99999999'), 0)
bytes_of("H04", "nbformat 10^23", lambda: wrapped().replace('"nbformat": 4', '"nbformat": ' + "1" + "0" * 23), 2)
bytes_of("H07", "NUL bytes after the end", lambda: wrapped() + "\0\0\0", 2)
bytes_of("H08", "duplicate keys", lambda: wrapped(', "x": 1, "x": 2'), 0)
bytes_of("H09", "Latin-1", lambda: wrapped(', "x": "é"').encode("latin-1"), 2)
bytes_of("H10", "UTF-16", lambda: wrapped().encode("utf-16"), 2)
bytes_of("H11", "200,000 cells", lambda: wrapped(cells=",".join(
    '{"cell_type": "markdown", "id": "m%d", "metadata": {}, "source": ""}' % i for i in range(200_000))), 0, within=60)
bytes_of("H12", "nbformat_minor -1: run and check agree", lambda: wrapped(minor="-1"), 2, commands=("run", "check"))
bytes_of("H13", "an empty file", lambda: "", 2)
bytes_of("H14", "a truncated file", lambda: wrapped()[:-10], 2)
bytes_of("H19", "a kernel name with ../..", lambda: wrapped().replace("scripted", "../../../../etc"), 5, commands=("run",))


@row("Y06", "kernelspecs that are broken, missing, silent or have wrong types")
def _(t):
    def spec(name, text):
        t.write(f"jupyter/kernels/{name}/kernel.json", text)
    spec("broken", "{")
    spec("noargv", '{"display_name": "x", "language": "y"}')
    spec("missing", '{"argv": ["/no/such/program"], "display_name": "x", "language": "y"}')
    spec("noexec", '{"argv": ["/etc/passwd"], "display_name": "x", "language": "y"}')
    spec("ends", '{"argv": ["/bin/true"], "display_name": "x", "language": "y"}')
    spec("string", '{"argv": "true", "display_name": "x", "language": "y"}')
    spec("nul", '{"argv": ["/bin/true\\u0000x"], "display_name": "x", "language": "y"}')
    spec("env", '{"argv": ["/bin/true"], "display_name": "x", "language": "y", "env": {"A=B": "c", "N": "a\\u0000b"}}')
    t.notebook("n.ipynb", ["1"])
    for name in ("broken", "noargv", "missing", "noexec", "ends", "string", "nul", "env", "../../etc", "", "a/b", "x" * 5000):
        t.run("run", "n.ipynb", "-k", name, limit=30).exits(5, 2)
    t.run("run", "n.ipynb", "-k", "noexec").says("permission")
    t.run("kernels").exits(0)


@row("X11", "parameter files: billions of laughs, brackets without end, foreign tags")
def _(t):
    t.notebook("n.ipynb", ["1"])
    laughs = "a: &a [x,x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)},*{chr(97 + i)}]\n" for i in range(24))
    for text in (laughs, "[" * 100_000, "!!python/object/apply:os.system ['touch PWN']"):
        t.write("f.yaml", text)
        t.run("run", "n.ipynb", "-f", "f.yaml", limit=30).exits(2)
    t.expect(not os.path.exists(t.path("PWN")), "code ran")


@row("X15", "a parameter's value stays a text")
def _(t):
    t.notebook("n.ipynb", ["x = 1", "print(x)"], cell_metadata={0: {"tags": ["parameters"]}})
    value = "'; import os; os.system('touch PWN') #"
    t.run("run", "n.ipynb", "-p", "x", value).exits(0)
    t.keeps(value + "\n", 2)


@row("X16", "never exit code 0 if nothing ran")
def _(t):
    t.run("run", "nowhere/*.ipynb").exits(2)
    t.run("run").exits(2)
    t.run("pipeline", "run", "nowhere.pipeline").exits(2)
    t.run("nonsense").exits(2)
