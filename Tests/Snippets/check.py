"""Runs the files of docs/ci.md in a project with two notebooks: `scripts/docs-check`, which sets up what is needed.

A block is checked by the function that the comment before it names (`<!-- check: make -->`); a page without a comment for each of its
blocks fails. Prints a line for each block, then the counts.
"""
import json, os, re, shutil, subprocess, sys, tempfile

import yaml

REPOSITORY = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PAGE = os.path.join(REPOSITORY, "docs", "ci.md")
BLOCK = re.compile(r"(?:<!-- check: (\S+) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Missed(Exception):
    """What a snippet was expected to do and did not."""


class Project:
    """A git repository with two notebooks, and an environment in which `pip install lyre-notebook` finds the wheel of dist/."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.folder, name)) as file:
            return file.read()

    def notebook(self, name, *sources):
        cells = [{"cell_type": "code", "execution_count": None, "id": f"cell-{number}", "metadata": {}, "outputs": [], "source": [source]}
                 for number, source in enumerate(sources)]
        kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
        value = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        self.write(name, json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n")

    def run(self, *command, code=0, says=()):
        done = subprocess.run(command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=900)
        if done.returncode != code:
            raise Missed(f"{' '.join(command)}\nexit code {done.returncode}, expected {code}\n{done.stdout[-3000:]}")
        for part in says:
            if part not in done.stdout:
                raise Missed(f"{' '.join(command)}\nexpected {part!r} in:\n{done.stdout[-3000:]}")
        return done.stdout


def report_is_complete(project):
    report = project.read("report.xml")
    if report.count("<testcase") != 3 or "<failure" in report:
        raise Missed(report)
    if project.run("git", "status", "--porcelain", "notebooks"):
        raise Missed("the notebooks were changed")


def fails_with_a_failing_cell(project, lines):
    """The same lines end with another code when a cell fails."""
    project.notebook("notebooks/bad.ipynb", "1 / 0")
    project.run("bash", "-ec", "\n".join(lines), code=1, says=["ZeroDivisionError"])
    if "<failure" not in project.read("report.xml"):
        raise Missed("the report has no failure")


def github(project, text):
    steps = yaml.safe_load(text)["jobs"]["notebooks"]["steps"]
    lines = [step["run"] for step in steps if "run" in step]
    project.run("bash", "-ec", "\n".join(lines))
    report_is_complete(project)
    fails_with_a_failing_cell(project, lines[1:])


def gitlab(project, text):
    job = yaml.safe_load(text)["notebooks"]
    project.run("bash", "-ec", "\n".join(job["before_script"] + job["script"]))
    report_is_complete(project)
    fails_with_a_failing_cell(project, job["script"])


def pre_commit(project, text):
    project.write(".pre-commit-config.yaml", text)
    project.run("pip", "install", "--quiet", "lyre-notebook", "ipykernel")
    project.run("pre-commit", "run", "--all-files", says=["lyre format", "Passed"])
    project.run("pre-commit", "run", "--all-files", "--hook-stage", "pre-push", says=["lyre run", "Passed"])
    project.write("notebooks/first.ipynb", project.read("notebooks/first.ipynb").replace('\n', '\n   '))
    project.run("pre-commit", "run", "--all-files", code=1, says=["files were modified by this hook"])
    project.run("pre-commit", "run", "--all-files", says=["Passed"])
    project.notebook("notebooks/second.ipynb", "1 / 0")
    project.run("pre-commit", "run", "--all-files", "--hook-stage", "pre-push", code=1, says=["ZeroDivisionError"])


def make(project, text):
    project.run("pip", "install", "--quiet", "lyre-notebook", "ipykernel")
    project.write("Makefile", text)
    project.run("make")
    if "hello" not in project.read("results/first.ipynb"):
        raise Missed("no result")
    project.run("make", says=["Nothing to be done"])
    project.notebook("notebooks/first.ipynb", "1 / 0")
    for _ in range(2):
        project.run("make", code=2, says=["ZeroDivisionError"])


def snakemake(project, text):
    project.run("pip", "install", "--quiet", "lyre-notebook", "ipykernel")
    project.write("Snakefile", text)
    project.run("snakemake", "--cores", "2")
    if "hello" not in project.read("results/first.ipynb"):
        raise Missed("no result")
    project.run("snakemake", "--cores", "2", says=["Nothing to be done"])
    project.notebook("notebooks/first.ipynb", "1 / 0")
    project.run("snakemake", "--cores", "2", code=1, says=["ZeroDivisionError"])


def cron(project, text):
    project.write("crontab", text)
    project.run("crontab", "-n", "crontab")
    project.write("broken", text.replace("15 6", "15 66"))
    project.run("crontab", "-n", "broken", code=1, says=["bad hour"])
    # The command, as cron starts it: with its short environment.
    line = text.strip().splitlines()[-1].split(None, 5)[5].replace("/home/me/reports", project.folder)
    shutil.copy(os.path.join(project.folder, "notebooks/first.ipynb"), os.path.join(project.folder, "daily.ipynb"))
    project.run("pip", "install", "--quiet", "lyre-notebook", "ipykernel")
    path = project.environment["PATH"].split(":")[0]
    output = project.run("env", "-i", f"HOME={project.folder}", "LOGNAME=me", "SHELL=/bin/sh", f"PATH={path}:/usr/bin:/bin", "/bin/sh", "-c", line)
    if output or not any(re.fullmatch(r"daily-\d{4}-\d\d-\d\d.*\.ipynb", name) for name in os.listdir(project.folder)):
        raise Missed(f"printed {output!r}, files {os.listdir(project.folder)}")


def systemd(project, text):
    name = re.match(r"# /etc/systemd/system/(\S+)\n", text).group(1)
    units = os.path.join(project.folder, "root", "etc/systemd/system")
    program = os.path.join(project.folder, "root/srv/reports/.venv/bin/lyre")
    os.makedirs(units, exist_ok=True)
    os.makedirs(os.path.dirname(program), exist_ok=True)
    project.write(program, "")
    os.chmod(program, 0o755)
    project.write(os.path.join(units, name), text)
    if name.endswith(".timer"):
        project.write(os.path.join(units, name.replace(".timer", ".service")), "[Service]\nType=oneshot\nExecStart=/srv/reports/.venv/bin/lyre\n")
    shutil.copytree("/lib/systemd/system", os.path.join(project.folder, "root/lib/systemd/system"), symlinks=True, dirs_exist_ok=True)
    output = project.run("systemd-analyze", f"--root={project.folder}/root", "verify", f"/etc/systemd/system/{name}")
    if name in output:
        raise Missed(output)


CHECKS = {"github": github, "gitlab": gitlab, "pre-commit": pre_commit, "make": make, "snakemake": snakemake, "cron": cron, "systemd": systemd}
# These need a docker daemon: make image-check builds and runs them.
ELSEWHERE = {"docker", "containerfile"}


def environment(work, python, wheel):
    """A virtual environment of the tools, in which `lyre-notebook` is the wheel of dist/."""
    folder = os.path.join(work, "venv")
    subprocess.run([python, "-m", "venv", folder], check=True)
    constraint = os.path.join(work, "constraint.txt")
    with open(constraint, "w") as file:
        file.write(f"lyre-notebook @ file://{wheel}\n")
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "LANG", "SSL_", "HTTP", "http", "TMPDIR"))}
    return {**kept, "PATH": f"{folder}/bin:{os.path.dirname(python)}:/usr/sbin:/usr/bin:/sbin:/bin", "VIRTUAL_ENV": folder, "HOME": work,
            "PIP_CONSTRAINT": constraint, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "GIT_CONFIG_GLOBAL": os.path.join(work, "gitconfig")}


def main():
    python, wheel = sys.argv[1:3]
    wanted = set(sys.argv[3:])
    with open(PAGE) as file:
        blocks = [(name, text) for name, _, text in BLOCK.findall(file.read())]
    passed, failed = 0, []
    for name, text in blocks:
        if name in ELSEWHERE or (wanted and name not in wanted):
            continue
        work = tempfile.mkdtemp(prefix="lyre-snippets-")
        try:
            if name not in CHECKS:
                raise Missed(f"no check for this block:\n{text}")
            variables = environment(work, python, wheel)
            with open(variables["GIT_CONFIG_GLOBAL"], "w") as file:
                file.write("[user]\nname = Somebody\nemail = somebody@example.org\n[init]\ndefaultBranch = main\n")
            project = Project(os.path.join(work, "project"), variables)
            project.notebook("notebooks/first.ipynb", "print('hello')", "6 * 7")
            project.notebook("notebooks/second.ipynb", "print('there')")
            project.write("requirements.txt", "# nothing else\n")
            project.run("git", "init", "--quiet")
            project.run("git", "add", ".")
            project.run("git", "commit", "--quiet", "--message", "Two notebooks")
            CHECKS[name](project, text)
            passed += 1
            print(f"ok    {name}", flush=True)
        except Exception as error:
            failed.append(name)
            print(f"FAIL  {name}: {error}", flush=True)
        finally:
            shutil.rmtree(work)
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
