#!/usr/bin/env python3
"""Times whole commands side by side: lyre, the bare floor, jupyter execute, papermill and nbconvert; and pytest with Lyre's
plug-in and with nbmake.

Usage: Benchmarks/compare.py [--rounds N] [--work NAME,...] [--tools NAME,...] [--markdown FILE] [--json FILE]
`make bench` builds lyre, creates the peers' environment, runs this and writes Benchmarks/RESULTS.md.

The commands take turns within each round, and each round starts with another command, so that other work on the machine
affects all of them alike. All use the same kernel, that of Benchmarks/.venv.
Each tool runs once before the first round, so that the disk cache is warm for all of them.
If a tool needs more than a minute for a work, it runs it only once. The medians of the rounds are reported:

wall     seconds from the start of the command to its end; for several notebooks, all of them
cpu      processor time of the client, user and system: of the command's own process, without its kernel
peak     the peak memory of the client's process, measured every 5 ms
kept     bytes of text and data in the outputs of the written notebooks
"""
import argparse
import datetime
import json
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
LYRE = os.environ.get("LYRE") or os.path.join(ROOT, ".build-static", "lyre")
BIN = os.path.join(HERE, ".venv", "bin")
CORPUS = os.path.join(ROOT, "..", "shared", "corpus", "notebooks", "runnable")
TICK = os.sysconf("SC_CLK_TCK")

# Notebooks that run offline, need only matplotlib and pandas, and take a second or more.
CORPUS_NOTEBOOKS = [
    "jakevdp__WhirlwindTourOfPython/04-Semantics-Operators.ipynb",
    "jakevdp__WhirlwindTourOfPython/05-Built-in-Scalar-Types.ipynb",
    "jakevdp__WhirlwindTourOfPython/10-Iterators.ipynb",
    "jakevdp__WhirlwindTourOfPython/12-Generators.ipynb",
    "jakevdp__WhirlwindTourOfPython/13-Modules-and-Packages.ipynb",
    "jerry-git__learn-python3/notebooks/beginner/notebooks/02_numbers.ipynb",
    "jerry-git__learn-python3/notebooks/intermediate/notebooks/03_idiomatic_misc1.ipynb",
    "executablebooks__MyST-NB/tests/notebooks/basic_stderr.ipynb",
    "ipython__ipython-in-depth/examples/IPython Kernel/Capturing Output.ipynb",
    "computationalmodelling__nbval/tests/test_coalesce.ipynb",
    "ehmatthes__intro_programming/notebooks/if_statements.ipynb",
    "jerry-git__learn-python3/notebooks/beginner/notebooks/15_std_lib.ipynb",
]


def notebook(sources):
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{i}", "metadata": {}, "outputs": [], "source": source}
        for i, source in enumerate(sources)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def corpus():
    found = []
    for name in CORPUS_NOTEBOOKS:
        path = os.path.join(CORPUS, name)
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            found.append(json.load(file))
    return found


MEGABYTE = "from IPython.display import display\ndisplay({'text/plain': 'x' * 1_000_000}, raw=True)"
STREAMS = "import sys\nfor i in range(20000):\n    sys.stdout.write(f'{i}\\n')\n    sys.stdout.flush()"
DISPLAYS = "from IPython.display import display\nfor i in range(5000):\n    display({'text/plain': f'{i}'}, raw=True)"
PLOT = "import math\nvalues = [math.sin(i / 10) for i in range(100)]\nprint(sum(values))\nmax(values)"

# name: (title, notebooks, how many lyre runs at once)
WORK = {
    "trivial": ("one trivial notebook", lambda: [notebook(["print('hello')"])], 1),
    "cells": ("1,000 trivial cells", lambda: [notebook(["1"] * 1000)], 1),
    "megabytes": ("60 cells of 1 MB", lambda: [notebook([MEGABYTE] * 60)], 1),
    "streams": ("stream flood: 20,000 flushed lines", lambda: [notebook([STREAMS])], 1),
    "displays": ("display flood: 5,000 displays", lambda: [notebook([DISPLAYS])], 1),
    "print": ("one print of 100 MB", lambda: [notebook(["print('x' * 100_000_000)"])], 1),
    "short": ("30 short notebooks", lambda: [notebook(["import json", PLOT, "print('done')"])] * 30, 2),
    "tests": ("30 short notebooks as tests", lambda: [notebook(["import json", PLOT, "print('done')"])] * 30, 2),
    "corpus": ("12 notebooks of the corpus", corpus, 2),
}


def commands(tool, paths, jobs):
    """The commands that run these notebooks with a tool, one after the other."""
    if tool == "lyre":
        return [[LYRE, "run", "-q", "-j", str(jobs), *paths]]
    if tool.startswith("floor"):
        in_step = ["--in-step"] if tool == IN_STEP else []
        return [[os.path.join(BIN, "python"), os.path.join(HERE, "peers", "floor.py"), *in_step, *paths]]
    if tool == "jupyter execute":
        return [[os.path.join(BIN, "jupyter-execute"), "--inplace", *paths]]
    if tool == "papermill":
        return [[os.path.join(BIN, "papermill"), "--no-progress-bar", "--log-level", "ERROR", path, path] for path in paths]
    if tool == "nbconvert":
        return [[os.path.join(BIN, "jupyter-nbconvert"), "--log-level=ERROR", "--to", "notebook", "--execute", "--inplace", *paths]]
    if tool in PYTESTS:
        return [[os.path.join(BIN, "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", *PYTESTS[tool], *paths]]
    raise ValueError(tool)


# pytest with a plug-in, only for the work "tests". Lyre's plug-in is that of this clone.
PYTESTS = {
    "pytest --lyre": ["-p", "lyre_notebook.pytest_plugin", "--lyre", "--lyre-jobs", "2"],
    "pytest --nbmake": ["--nbmake"],
    "pytest -n 2 --nbmake": ["-n", "2", "--nbmake"],
}

# Like the floor, but the next cell is sent after the end of the last one, as a client that keeps outputs must do.
IN_STEP = "floor in step"
KEEPS_NOTHING = ("floor", "pytest")
TOOLS = ["lyre", "floor", IN_STEP, "jupyter execute", "papermill", "nbconvert", *PYTESTS]


def takes_part(tool, work):
    return (tool in PYTESTS) == (work == "tests") and (tool != IN_STEP or work == "cells")


def base(work):
    """The tool that the others are compared with."""
    return "pytest --lyre" if work == "tests" else "lyre"


def environment(folder):
    """An environment without the user's kernelspecs, configuration and history."""
    result = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TERM") if name in os.environ}
    home = os.path.join(folder, "home")
    os.makedirs(home, exist_ok=True)
    result.update(
        HOME=home, PATH=BIN + ":/usr/local/bin:/usr/bin:/bin", VIRTUAL_ENV=os.path.dirname(BIN),
        JUPYTER_PATH=os.path.join(os.path.dirname(BIN), "share", "jupyter"), TMPDIR=folder,
        IPYTHONDIR=os.path.join(home, "ipython"), MPLCONFIGDIR=os.path.join(home, "matplotlib"),
        PYTHONPATH=os.path.join(ROOT, "Python", "src"), LYRE=LYRE,
    )
    return result


def watch(process, result, done):
    """Records the peak memory of a process, which the system reports until the process ends."""
    status = f"/proc/{process.pid}/status"
    while not done.wait(0.005):
        try:
            with open(status, encoding="ascii", errors="replace") as file:
                for line in file:
                    if line.startswith("VmHWM:"):
                        result["peak"] = max(result["peak"], int(line.split()[1]) * 1024)
                        break
        except (FileNotFoundError, ProcessLookupError):
            return


def run(command, folder):
    """Wall time, own processor time and peak memory of a command."""
    result = {"peak": 0}
    done = threading.Event()
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment(folder), cwd=folder)
        watcher = threading.Thread(target=watch, args=(process, result, done))
        watcher.start()
        # Not reaped yet, so its own times are still available, without those of its children.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        result["wall"] = time.perf_counter() - start
        with open(f"/proc/{process.pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        result["cpu"] = (int(fields[11]) + int(fields[12])) / TICK
        result["kernels"] = (int(fields[13]) + int(fields[14])) / TICK
        done.set()
        watcher.join()
        if process.wait() != 0:
            errors.seek(0)
            text = errors.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{shlex.join(command[:6])} … ended with exit code {process.returncode}:\n{text}")
    return result


def kept(paths):
    """Bytes of text and data in the outputs of notebooks."""
    def size(value):
        if isinstance(value, str):
            return len(value.encode("utf-8", "surrogatepass"))
        if isinstance(value, list):
            return sum(map(size, value))
        return 0

    total = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            cells = json.load(file)["cells"]
        for cell in cells:
            for output in cell.get("outputs", []):
                total += size(output.get("text")) + sum(map(size, output.get("data", {}).values()))
    return total


def measure(tool, contents, jobs):
    with tempfile.TemporaryDirectory(prefix="lyre-bench-") as folder:
        paths = []
        for index, content in enumerate(contents):
            paths.append(os.path.join(folder, f"nb{index:02}.ipynb"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1)
        runs = [run(command, folder) for command in commands(tool, paths, jobs)]
        return {
            "wall": sum(r["wall"] for r in runs), "cpu": sum(r["cpu"] for r in runs),
            "peak": max(r["peak"] for r in runs), "kept": 0 if tool.startswith(KEEPS_NOTHING) else kept(paths),
            "kernels": sum(r["kernels"] for r in runs),
        }


def warm_starts(rounds):
    """Seconds from the launch of a kernel to its first reply, cold and warm."""
    times = {"cold": [], "warm": []}
    for _ in range(rounds):
        for kind, option in (("cold", ["--no-warm-start"]), ("warm", [])):
            with tempfile.TemporaryDirectory(prefix="lyre-bench-") as folder:
                paths = []
                for index in range(8):
                    paths.append(os.path.join(folder, f"nb{index}.ipynb"))
                    with open(paths[-1], "w", encoding="utf-8") as file:
                        # Long enough not to disturb the start of the next kernel, which begins meanwhile.
                        json.dump(notebook(["import time; time.sleep(1.5)"]), file)
                events = os.path.join(folder, "events")
                run([LYRE, "run", "-q", "--no-save", "--events", events, *option, *paths], folder)
                with open(events, encoding="utf-8") as file:
                    ready = [json.loads(line) for line in file if "kernel_ready" in line]
                # The first kernel starts before the server of warm starts is ready.
                times[kind] += [event["seconds"] for event in ready[1:]]
    return {kind: statistics.median(values) for kind, values in times.items() if values}


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return {
        "processor": model, "processors": len(os.sched_getaffinity(0)), "memory_gb": round(memory, 1),
        "system": f"{platform.system()} {platform.release()}", "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "lyre": subprocess.run([LYRE, "--version"], capture_output=True, text=True, check=True).stdout.strip(),
        "commit": subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip(),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    }


def mega(size):
    return f"{size / 1e6:.1f}"


def number(value):
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


class Results:
    def __init__(self):
        self.samples = {}  # work → tool → list of measurements
        self.failures = {}  # work → tool → reason
        self.warm = {}

    def median(self, work, tool, key):
        samples = self.samples.get(work, {}).get(tool)
        return statistics.median(sample[key] for sample in samples) if samples else None

    def spread(self, work, tool):
        walls = [sample["wall"] for sample in self.samples[work][tool]]
        return f"{min(walls):.2f}–{max(walls):.2f}"

    def ratio(self, work, tool, base, key="wall"):
        value, other = self.median(work, tool, key), self.median(work, base, key)
        return value / other if value and other else None

    def rows(self, work):
        for tool in TOOLS:
            if tool in self.failures.get(work, {}):
                yield [tool, f"failed: {self.failures[work][tool]}", "", "", "", "", "", ""]
            elif tool in self.samples.get(work, {}):
                ratios = [self.ratio(work, tool, base(work), key) for key in ("wall", "cpu")]
                yield [
                    tool, number(self.median(work, tool, "wall")), self.spread(work, tool),
                    *(f"{ratio:.2f}" if ratio else "–" for ratio in ratios[:1]),
                    number(self.median(work, tool, "cpu")),
                    *(f"{ratio:.1f}" if ratio else "–" for ratio in ratios[1:]),
                    mega(self.median(work, tool, "peak")),
                    mega(self.median(work, tool, "kept")) if not tool.startswith(KEEPS_NOTHING) else "–",
                ]

    def targets(self):
        """The project's targets: (work, comparison, target, result and whether it is met)."""
        def faster(work, tool, least, key="wall"):
            ratio = self.ratio(work, tool, base(work), key)
            return None if ratio is None else (f"{ratio:.2f}×", ratio >= least)

        def within(work, most):
            ratio = self.ratio(work, "lyre", "floor")
            return None if ratio is None else (f"{ratio:.2f}×", ratio <= most)

        def cpu(work, tool, most):
            ratio = self.ratio(work, "lyre", tool, "cpu")
            return None if ratio is None else (f"{ratio * 100:.0f} %", ratio <= most)

        def kernels(work, most):
            cpu, kernels = (self.median(work, "lyre", key) for key in ("cpu", "kernels"))
            return None if not kernels else (f"{cpu / kernels * 100:.0f} %", cpu / kernels <= most)

        rows = [
            ("trivial", "wall, `jupyter execute`", "1.7× faster", faster("trivial", "jupyter execute", 1.7)),
            ("trivial", "wall, floor", "within 1.10×", within("trivial", 1.10)),
            ("short", "wall, `-j 2`, `jupyter execute` one after another", "10× faster", faster("short", "jupyter execute", 10)),
            ("short", "wall, `-j 2`, papermill", "12× faster", faster("short", "papermill", 12)),
            ("tests", "wall, `pytest --lyre`, `pytest --nbmake`", "5× faster", faster("tests", "pytest --nbmake", 5)),
            ("megabytes", "wall, papermill", "15× faster", faster("megabytes", "papermill", 15)),
            ("megabytes", "wall, `jupyter execute`", "2× faster", faster("megabytes", "jupyter execute", 2)),
            ("cells", "wall, floor", "within 1.10×", within("cells", 1.10)),
            ("cells", "wall, `jupyter execute`", "1.3× faster", faster("cells", "jupyter execute", 1.3)),
            ("cells", "client's processor time, `jupyter execute`", "15 % or less", cpu("cells", "jupyter execute", 0.15)),
            ("cells", "client's processor time, the kernel's", "5 % or less", kernels("cells", 0.05)),
            ("streams", "wall, floor", "within 1.05×", within("streams", 1.05)),
            ("displays", "wall, floor", "within 1.05×", within("displays", 1.05)),
            ("print", "client's peak memory, `jupyter execute`", "half or less", faster("print", "jupyter execute", 2, "peak")),
            ("print", "wall, `jupyter execute`", "2× faster", faster("print", "jupyter execute", 2)),
        ]
        if len(self.warm) == 2:
            ratio = self.warm["cold"] / self.warm["warm"]
            rows.append((
                "warm", "launch → `kernel_info` reply, cold start", "4× faster",
                (f"{ratio:.1f}× ({self.warm['warm'] * 1000:.0f} ms for {self.warm['cold'] * 1000:.0f} ms)", ratio >= 4)))
        return [row for row in rows if row[3] is not None]


HEADINGS = ["", "wall s", "min–max", "÷ lyre", "client cpu s", "÷ lyre", "client peak MB", "kept MB"]


def table(rows, headings):
    yield "| " + " | ".join(headings) + " |"
    yield "| " + " | ".join(["---"] + ["---:"] * (len(headings) - 1)) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def markdown(results, about, rounds, command):
    title = {"warm": "warm start of a Python kernel", **{name: work[0] for name, work in WORK.items()}}
    versions = subprocess.run([os.path.join(BIN, "pip"), "freeze"], capture_output=True, text=True).stdout.split()
    shown = ("ipykernel", "jupyter_client", "nbclient", "nbconvert", "nbmake", "papermill", "pytest", "pyzmq")
    peers = [v for v in versions if v.split("==")[0] in shown]
    lines = [
        "# Results", "",
        f"Written by `{command}` on {about['date']}, commit {about['commit']}; medians of {rounds} rounds. "
        "[README](README.md) describes the method.", "",
        f"{about['processor']}, {about['processors']} processors, {about['memory_gb']} GB, {about['system']}, "
        f"Python {about['python']}; {', '.join(peers)}. Load at the start: {about['load']:.1f}"
        + (" (the machine was doing other work: compare ratios, not seconds)." if about["load"] > 0.5 else "."),
        "", "## Targets", "",
    ]
    rows = [[title[work], against, least, reached, "yes" if is_met else "**no**"] for work, against, least, (reached, is_met) in results.targets()]
    lines += table(rows, ["work", "compared with", "target", "reached", "met"])
    notes = os.path.join(HERE, "NOTES.md")
    if os.path.exists(notes):
        with open(notes, encoding="utf-8") as file:
            lines += ["", file.read().strip()]
    lines += ["", "## Figures"]
    for work in WORK:
        if work in results.samples or work in results.failures:
            lines += ["", f"### {WORK[work][0][0].upper()}{WORK[work][0][1:]}", "", *table(results.rows(work), HEADINGS)]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description="Times lyre and its peers side by side.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", default=",".join(WORK) + ",warm", help="one or more of " + ", ".join(WORK) + ", warm")
    parser.add_argument("--tools", default=",".join(TOOLS))
    parser.add_argument("--markdown", metavar="FILE", help="write the results to FILE, in the form of RESULTS.md")
    parser.add_argument("--json", metavar="FILE", help="write every measurement to FILE")
    options = parser.parse_args()
    if not os.access(LYRE, os.X_OK):
        sys.exit("build it first: scripts/static-build")
    if not os.access(os.path.join(BIN, "papermill"), os.X_OK):
        sys.exit("create the peers' environment first: Benchmarks/peers/setup")
    works, tools = options.work.split(","), options.tools.split(",")
    for name in works:
        if name not in WORK and name != "warm":
            parser.error(f"unknown work '{name}'")
    for name in tools:
        if name not in TOOLS:
            parser.error(f"unknown tool '{name}'")
    about = machine()
    results = Results()
    for tool in tools:
        if any(takes_part(tool, work) for work in works):
            measure(tool, WORK["trivial"][1](), 1)
    for name in works:
        if name == "warm":
            continue
        title, make, jobs = WORK[name]
        contents = make()
        if contents is None:
            print(f"{title}: skipped, because ../shared/corpus does not exist", file=sys.stderr)
            continue
        for turn in range(options.rounds):
            for index in range(len(tools)):
                tool = tools[(index + turn) % len(tools)]
                if not takes_part(tool, name):
                    continue
                slowest = max((sample["wall"] for sample in results.samples.get(name, {}).get(tool, [])), default=0)
                if tool in results.failures.get(name, {}) or slowest > 60:
                    continue
                if sys.stderr.isatty():
                    print(f"\r\033[K{title}: round {turn + 1}/{options.rounds}, {tool}", end="", file=sys.stderr, flush=True)
                try:
                    sample = measure(tool, contents, jobs)
                except RuntimeError as error:
                    print(f"\n{error}", file=sys.stderr)
                    results.failures.setdefault(name, {})[tool] = str(error).splitlines()[0]
                    continue
                results.samples.setdefault(name, {}).setdefault(tool, []).append(sample)
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        print(f"\n{title}")
        for row in [HEADINGS, *results.rows(name)]:
            print(f"{row[0]:16} " + " ".join(f"{cell:>14}" for cell in row[1:]), flush=True)
    if "warm" in works:
        results.warm = warm_starts(options.rounds)
        print("\nstart of a Python kernel: " + ", ".join(f"{k} {v * 1000:.0f} ms" for k, v in results.warm.items()))
    print()
    for work, against, least, (reached, is_met) in results.targets():
        print(f"{'met' if is_met else 'NOT MET':8} {work:10} {against:52} {least:14} {reached}")
    if options.markdown:
        command = "make bench" if options.rounds == 3 and len(works) == len(WORK) + 1 else shlex.join(["Benchmarks/compare.py", *sys.argv[1:]])
        with open(options.markdown, "w", encoding="utf-8") as file:
            file.write(markdown(results, about, options.rounds, command))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"machine": about, "samples": results.samples, "failures": results.failures, "warm": results.warm}, file, indent=1)


if __name__ == "__main__":
    main()
