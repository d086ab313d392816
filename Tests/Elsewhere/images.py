"""The images of dist/ and containers/, with a docker daemon of their own: `scripts/image-check`."""
import glob, json, os, re, shutil, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(__file__))
import notebooks
import systems
from report import Missed, Report

USER = 1234


class Daemon:
    """dockerd with its own socket and data, without a network of its own. Ended and removed with the block."""

    def __init__(self, folder):
        self.folder, self.socket = folder, os.path.join(folder, "docker.sock")
        self.process = None

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            ["dockerd", "-H", f"unix://{self.socket}", "--data-root", os.path.join(self.folder, "data"), "--exec-root",
             os.path.join(self.folder, "exec"), "-p", os.path.join(self.folder, "pid"), "--bridge=none", "--iptables=false",
             "--ip-forward=false", "--ip-masq=false", "--userland-proxy=false"], stdout=self.log, stderr=self.log)
        end = time.monotonic() + 60
        while subprocess.run(["docker", "version"], env=self.environment, capture_output=True).returncode:
            if self.process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                with open(os.path.join(self.folder, "log")) as file:
                    raise RuntimeError(f"dockerd did not start:\n{file.read()[-2000:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    @property
    def environment(self):
        return {**os.environ, "DOCKER_HOST": f"unix://{self.socket}", "DOCKER_BUILDKIT": "0", "DOCKER_CONFIG": self.folder}

    def run(self, *arguments, code=0, limit=600, stdin=subprocess.DEVNULL):
        done = subprocess.run(["docker", *arguments], env=self.environment, stdin=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=limit)
        output = done.stdout.decode("utf-8", "replace")
        if done.returncode != code:
            raise Missed(f"docker {' '.join(arguments)}\nexit code {done.returncode}, expected {code}\n{output[-2000:]}"
                         f"{done.stderr.decode('utf-8', 'replace')[-2000:]}")
        return output

    def lyre(self, image, folder, *arguments, options=(), **how):
        """lyre in a container, as the page says: with the user's folder, as the user."""
        return self.run("run", "--rm", "--network", "host", "--user", f"{USER}:{USER}", "-v", f"{folder}:/work", *options, image,
                        *arguments, **how)


def own(folder):
    """Gives a folder with notebooks to the user."""
    for place, _, names in os.walk(folder):
        for name in [place] + [os.path.join(place, name) for name in names]:
            os.chown(name, USER, USER)


def project(work, name, **files):
    folder = os.path.join(work, name)
    os.makedirs(folder)
    for file, notebook in files.items():
        with open(os.path.join(folder, f"{file}.ipynb"), "w") as opened:
            json.dump(notebook, opened)
    own(folder)
    return folder


def text(path):
    with open(path) as file:
        return "".join("".join(output.get("text", [])) for cell in json.load(file)["cells"] for output in cell["outputs"])


def program_alone(report, daemon, dist, version, work):
    folder = project(work, "alone", analysis=notebooks.cells("print('hello')"))
    with report.check("docker load of the image in dist/") as saw:
        saw.append(daemon.run("load", "-i", glob.glob(os.path.join(dist, "lyre-*-image.tar"))[0]).strip())
    with report.check("containers/Containerfile builds the same image") as saw:
        daemon.run("build", "--network", "host", "-f", os.path.join(systems.REPOSITORY, "containers/Containerfile"), "-t", "built", dist)
        what = "{{json .Config.Entrypoint}} {{.Config.WorkingDir}} {{.Config.User}} {{json .Config.Env}} {{.Architecture}}"
        ours, built = (daemon.run("inspect", "-f", what, name).strip() for name in (f"lyre:{version}", "built"))
        if ours != built:
            raise Missed(f"{ours}\n{built}")
        sizes = [int(daemon.run("inspect", "-f", "{{.Size}}", name)) for name in (f"lyre:{version}", "built")]
        if sizes[0] != sizes[1]:
            raise Missed(str(sizes))
        saw.append(f"{ours}, {sizes[0] / 1e6:.1f} MB")
    for name in (f"lyre:{version}", "built"):
        with report.check(f"{name}: --version, check and inspect of a notebook in the user's folder") as saw:
            saw.append(daemon.lyre(name, folder, "--version").strip())
            daemon.lyre(name, folder, "check", "analysis.ipynb")
            daemon.lyre(name, folder, "inspect", "analysis.ipynb", options=["--read-only"])
            daemon.lyre(name, folder, "format", "analysis.ipynb")
            owner = os.stat(os.path.join(folder, "analysis.ipynb")).st_uid
            if owner != USER:
                raise Missed(f"the file belongs to {owner}")
        with report.check(f"{name}: run reports that there is no kernel") as saw:
            daemon.lyre(name, folder, "run", "analysis.ipynb", code=5)


def with_python(report, daemon, dist, work, wheels):
    context = os.path.join(work, "context")
    shutil.copytree(wheels, context)
    shutil.copy(glob.glob(os.path.join(dist, "*.whl"))[0], context)
    with report.check("containers/Containerfile.python builds, on Debian 11 and without an index") as saw:
        with open(systems.debian_tar("bullseye"), "rb") as tar:
            daemon.run("import", "-", "base:11", stdin=tar)
        daemon.run("build", "--network", "none", "--build-arg", "BASE=base:11", "--build-arg", "PIP_NO_INDEX=1", "-f",
                   os.path.join(systems.REPOSITORY, "containers/Containerfile.python"), "-t", "lyre-python", context)
        sizes = [int(daemon.run("inspect", "-f", "{{.Size}}", name)) for name in ("base:11", "lyre-python")]
        saw.append(f"{(sizes[1] - sizes[0]) / 1e6:.0f} MB above its base")
    code = "import os, sys; print(os.getuid(), sys.version.split()[0])"
    for words, options in (("", ()), (", read-only but for /tmp", ("--read-only", "--tmpfs", "/tmp"))):
        with report.check(f"a notebook in the user's folder, as the user{words}") as saw:
            folder = project(work, f"python{len(options)}", analysis=notebooks.cells(code))
            daemon.lyre("lyre-python", folder, "run", "analysis.ipynb", options=options)
            path = os.path.join(folder, "analysis.ipynb")
            saw.append(text(path).strip())
            if not saw[-1].startswith(str(USER)) or os.stat(path).st_uid != USER or os.listdir(folder) != ["analysis.ipynb"]:
                raise Missed(f"{text(path)!r}, owner {os.stat(path).st_uid}, files {os.listdir(folder)}")
    with report.check("without --user the image does not run as root") as saw:
        saw.append(daemon.run("run", "--rm", "--network", "host", "--entrypoint", "id", "lyre-python", "-u").strip())
        if saw[-1] == "0":
            raise Missed("it does")
    with report.check("process 1 of the container collects what others leave") as saw:
        folder = project(work, "orphans", analysis=notebooks.cells(notebooks.ORPHANS))
        daemon.lyre("lyre-python", folder, "run", "analysis.ipynb")
        saw.append(text(os.path.join(folder, "analysis.ipynb")).strip())
        if saw[-1] != "0 zombies":
            raise Missed(saw[-1])
    with report.check("docker stop saves") as saw:
        folder = project(work, "stopped", analysis=notebooks.cells(notebooks.SLOW))
        daemon.lyre("lyre-python", folder, "run", "analysis.ipynb", options=["--detach"])
        name = daemon.run("ps", "-q").strip()
        follow = subprocess.Popen(["docker", "logs", "-f", name], env=daemon.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            for line in follow.stdout:
                if b"before the signal" in line:
                    break
            waiting = subprocess.Popen(["docker", "wait", name], env=daemon.environment, stdout=subprocess.PIPE)
            began = time.monotonic()
            daemon.run("stop", "-t", "30", name)
            code = waiting.communicate(timeout=60)[0].decode().strip()
        finally:
            follow.kill()
            follow.communicate()
        saw.append(f"code {code} after {time.monotonic() - began:.1f} s")
        if code != "143" or "before the signal" not in text(os.path.join(folder, "analysis.ipynb")):
            raise Missed(f"code {code}, {text(os.path.join(folder, 'analysis.ipynb'))!r}")


def copied(report, daemon, version):
    """The example of docs/ci.md: the program copied from its image into another."""
    with report.check("docs/ci.md: the program copied into another image") as saw:
        with open(os.path.join(systems.REPOSITORY, "docs/ci.md")) as file:
            found = re.search(r"<!-- check: containerfile -->\n```dockerfile\n(.*?)```", file.read(), re.DOTALL).group(1)
        lines = [line for line in found.splitlines() if not line.startswith("RUN pip install")]
        lines = [re.sub(r"^FROM .*", "FROM base:11", re.sub(r"lyre:[\d.]+ ", f"lyre:{version} ", line)) for line in lines]
        folder = tempfile.mkdtemp(dir=daemon.folder)
        with open(os.path.join(folder, "Containerfile"), "w") as file:
            file.write("\n".join(lines))
        daemon.run("build", "--network", "none", "-f", os.path.join(folder, "Containerfile"), "-t", "copied", folder)
        saw.append(daemon.run("run", "--rm", "--network", "host", "copied", "--version").strip())


def main():
    python, work = sys.argv[1:]
    dist = os.path.join(systems.REPOSITORY, "dist")
    version = os.path.basename(glob.glob(os.path.join(dist, "lyre-*-linux-x86_64"))[0]).split("-")[1]
    report = Report()
    folder = os.path.join(work, "docker")
    os.makedirs(folder)
    with Daemon(folder) as daemon:
        program_alone(report, daemon, dist, version, work)
        with_python(report, daemon, dist, work, systems.wheels(python))
        copied(report, daemon, version)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
