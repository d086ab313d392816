"""The program alone: what of it needs no kernel and no shell."""
import hashlib, os, re, subprocess

from report import Missed
from systems import REPOSITORY

LYRE = "/usr/local/bin/lyre"
RAIN = os.path.join(REPOSITORY, "Fixtures/notebooks/rain.ipynb")
WEATHER = os.path.join(REPOSITORY, "Fixtures/pipelines/weather")


def alone(report, lyre):
    """The file itself."""
    with report.check("the program needs no shared library and no loader") as saw:
        command = ["readelf", "--wide", "--program-headers", "--dynamic", lyre]
        headers = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        if "NEEDED" in headers or "INTERP" in headers:
            raise Missed(headers)
        saw.append(f"{os.path.getsize(lyre) / 1e6:.1f} MB")
    with report.check("no path of the machine that built it is in the program") as saw:
        with open(lyre, "rb") as file:
            content = file.read()
        found = sorted({match.group().decode() for match in re.finditer(re.escape(REPOSITORY.encode()) + rb"[\x20-\x7e]*", content)})
        if found:
            raise Missed("\n".join(found[:20]))
    with report.check("SHA256SUMS has the sums of every file") as saw:
        folder = os.path.dirname(lyre)
        with open(os.path.join(folder, "SHA256SUMS")) as file:
            sums = dict(reversed(line.split()) for line in file)
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if os.path.isfile(path) and name != "SHA256SUMS":
                with open(path, "rb") as file:
                    if sums.pop(name, None) != hashlib.sha256(file.read()).hexdigest():
                        raise Missed(f"{name}: another sum, or none")
                saw.append(name)
        if sums:
            raise Missed(f"no such file: {sums}")


def small(report, place, version):
    """Commands that need no kernel, with no environment variable at all."""
    notebook, pipeline = "/tmp/n/rain.ipynb", "/tmp/w/weather.pipeline"
    place.put(RAIN, notebook)
    place.put(WEATHER, "/tmp/w")
    place.environment, kept = {}, place.environment
    for how, extra in (("", {}), ("as process 1", {"first": True}),
                       ("as another user on a read-only root", {"user": 1234, "how": "sealed"})):
        def check(words, *arguments, code=0, says=()):
            with report.check(f"{place.name}: {words}{' ' if how else ''}{how}") as saw:
                ended = place.run(LYRE, *arguments, **extra).exits(code).says(*says)
                lines = (ended.output + ended.messages).strip().splitlines()
                saw.append(lines[0] if lines else "no output")

        check("lyre --version", "--version", says=[version])
        check("lyre kernels", "kernels")
        check("lyre inspect", "inspect", notebook, says=["python3"])
        check("lyre check", "check", notebook)
        check("lyre pipeline describe", "pipeline", "describe", pipeline, says=["clean.sh", "├", "report.ipynb"])
        missing = "the kernel 'python3' of 'rain.ipynb' is not installed"
        check("lyre pipeline validate reports what is missing", "pipeline", "validate", pipeline, code=2, says=[missing])
        check("lyre run reports that there is no kernel", "run", "--no-save", notebook, code=5, says=["no kernel named 'python3'"])
    with report.check(f"{place.name}: lyre format, and format --check finds nothing then"):
        place.run(LYRE, "format", notebook).exits(0)
        place.run(LYRE, "format", "--check", notebook).exits(0)
    place.environment = kept
