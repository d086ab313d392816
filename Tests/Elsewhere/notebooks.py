"""The wheel, notebooks with plots and a pipeline, in Debian 11 without compilers, Swift or a network."""
import json, os, signal, threading

from program import LYRE, WEATHER
from report import Missed
from systems import REPOSITORY

ENVIRONMENT = "/opt/try"
VARIABLES = {"PATH": f"{ENVIRONMENT}/bin:/usr/bin:/bin"}
DEMO = os.path.join(REPOSITORY, "Fixtures/notebooks/demo.ipynb")

# Leaves fifty processes without a parent, and says how many of them process 1 has not collected.
ORPHANS = """import glob, subprocess, time
for _ in range(50):
    subprocess.run(["sh", "-c", "sh -c 'exit 3' &"], check=True)
def left():
    states = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            states.append(open(path).read().rsplit(")", 1)[1].split()[0])
        except OSError:
            pass  # it has ended in between
    return states.count("Z")
end = time.monotonic() + 10
while left() and time.monotonic() < end:
    time.sleep(0.05)
print(left(), "zombies")"""
SLOW = """import time
print("before the signal", flush=True)
time.sleep(600)"""


def cells(*sources):
    """A notebook with these cells of Python."""
    return {
        "cells": [{"cell_type": "code", "id": f"cell-{number}", "execution_count": None, "metadata": {}, "outputs": [],
                   "source": source} for number, source in enumerate(sources)],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4, "nbformat_minor": 5,
    }


def write(place, inside, notebook):
    path = place.path(inside)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(notebook, file)


def outputs(place, inside):
    with open(place.path(inside)) as file:
        return [output for cell in json.load(file)["cells"] for output in cell.get("outputs", [])]


def plots(place, inside):
    return sum("image/png" in output.get("data", {}) for output in outputs(place, inside))


def text(place, inside):
    return "".join("".join(output.get("text", [])) for output in outputs(place, inside))


def all(report, place, version):
    wheel(report, place, version)
    runs(report, place)
    first(report, place)


def wheel(report, place, version):
    python = f"{ENVIRONMENT}/bin/python"
    with report.check(f"{place.name}: the wheel installs without a network, pip check finds nothing") as saw:
        saw.append(place.run("/usr/bin/python3", "--version").exits(0).output.strip())
        place.run("/usr/bin/python3", "-m", "venv", ENVIRONMENT).exits(0)
        place.run(python, "-m", "pip", "install", "--no-index", "--find-links", "/wheels", "--disable-pip-version-check",
                  "lyre-notebook", "ipykernel", "matplotlib", "pandas", environment=VARIABLES).exits(0)
        saw.append(place.run(python, "-m", "pip", "check", environment=VARIABLES).exits(0).output.strip())
    for words in (("lyre",), ("python", "-m", "lyre_notebook"), ("jupyter", "lyre")):
        with report.check(f"{place.name}: {' '.join(words)} --version") as saw:
            ended = place.run(f"{ENVIRONMENT}/bin/{words[0]}", *words[1:], "--version", environment=VARIABLES)
            saw.append(ended.exits(0).says(version).output.strip())
    with report.check(f"{place.name}: lyre kernels lists python3") as saw:
        saw.append(place.run(f"{ENVIRONMENT}/bin/lyre", "kernels", environment=VARIABLES).exits(0).says("python3").output.splitlines()[0])


def runs(report, place):
    lyre = f"{ENVIRONMENT}/bin/lyre"
    with report.check(f"{place.name}: a notebook with plots, with HOME, TZ and LANG unset") as saw:
        place.put(DEMO, "/tmp/demo/birthdays.ipynb")
        place.run(lyre, "run", "/tmp/demo/birthdays.ipynb", environment=VARIABLES).exits(0)
        saw.append(f"{plots(place, '/tmp/demo/birthdays.ipynb')} plots, {len(outputs(place, '/tmp/demo/birthdays.ipynb'))} outputs")
        if plots(place, "/tmp/demo/birthdays.ipynb") != 2:
            raise Missed("expected two plots")
    with report.check(f"{place.name}: a pipeline of notebooks and scripts, and its report") as saw:
        place.put(WEATHER, "/tmp/pipe")
        place.run(lyre, "pipeline", "run", "/tmp/pipe/weather.pipeline", "--html", "/tmp/pipe/report.html",
                  environment=VARIABLES).exits(0)
        saw.append(f"{plots(place, '/tmp/pipe/temperature.ipynb') + plots(place, '/tmp/pipe/rain.ipynb')} plots")
        saw.append(f"report.html {os.path.getsize(place.path('/tmp/pipe/report.html')) // 1000} kB")
    with report.check(f"{place.name}: several notebooks, kernels started warm") as saw:
        names = [f"/tmp/many/{number}.ipynb" for number in range(4)]
        for name in names:
            write(place, name, cells("import pandas\nprint(pandas.Series([6, 7]).prod())"))
        place.run(lyre, "run", "--preload", "pandas", "-j", "2", *names, environment=VARIABLES).exits(0)
        values = [text(place, name).strip() for name in names]
        if values != ["42"] * 4:
            raise Missed(str(values))
        saw.append(f"4 times {values[0]}")
    for transport in ("ipc", "tcp"):
        with report.check(f"{place.name}: a kernel over {transport}") as saw:
            write(place, "/tmp/one/nb.ipynb", cells("print(6 * 7)"))
            place.run(lyre, "run", "--transport", transport, "/tmp/one/nb.ipynb", environment=VARIABLES).exits(0)
            saw.append(text(place, "/tmp/one/nb.ipynb").strip())
    with report.check(f"{place.name}: another user on a read-only root, with HOME, TZ and LANG unset") as saw:
        # IPython needs HOME or a user that is known.
        with open(place.path("/etc/passwd"), "a") as file:
            file.write("someone:x:1234:1234::/nonexistent:/bin/sh\n")
        write(place, "/keep/nb/plot.ipynb", cells("import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);", "import os; print(os.getuid())"))
        ended = place.run(lyre, "run", "/tmp/brought/plot.ipynb", "-o", "-", environment=VARIABLES, user=1234, how="read-only",
                          bring=place.path("/keep/nb")).exits(0).says("image/png", "1234")
        saw.append(f"{len(ended.output)} bytes of notebook on standard output")
    with report.check(f"{place.name}: another user whose result cannot be written is told where it is") as saw:
        ended = place.run(lyre, "run", "/keep/nb/plot.ipynb", environment=VARIABLES, user=1234, how="read-only").exits(2, 6)
        saw.append(ended.messages.strip().splitlines()[-1])


def first(report, place):
    lyre = f"{ENVIRONMENT}/bin/lyre"
    with report.check(f"{place.name}: as process 1 it collects what others leave") as saw:
        write(place, "/tmp/first/orphans.ipynb", cells(ORPHANS))
        place.run(lyre, "run", "/tmp/first/orphans.ipynb", environment=VARIABLES, first=True).exits(0)
        saw.append(text(place, "/tmp/first/orphans.ipynb").strip())
        if saw[-1] != "0 zombies":
            raise Missed(saw[-1])
    with report.check(f"{place.name}: as process 1 it saves when SIGTERM comes, and ends with code 143") as saw:
        write(place, "/tmp/first/slow.ipynb", cells(SLOW))
        process = place.start(lyre, "run", "/tmp/first/slow.ipynb", environment=VARIABLES, first=True)
        guard = threading.Timer(60, process.kill)
        guard.start()
        try:
            for line in process.stdout:
                if b"before the signal" in line:
                    # Process 1 of the namespace is the only child of unshare.
                    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
                        os.kill(int(file.read().split()[0]), signal.SIGTERM)
                    break
            messages = process.communicate()[1].decode()
        finally:
            guard.cancel()
        if process.returncode not in (143, -signal.SIGTERM) or "before the signal" not in text(place, "/tmp/first/slow.ipynb"):
            raise Missed(f"code {process.returncode}, {text(place, '/tmp/first/slow.ipynb')!r}, {messages}")
        saw.append(f"code {process.returncode}")
