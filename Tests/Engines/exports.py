"""Every pipeline that is valid is exported, accepted by Kubeflow's own code, and has all properties of its source."""
import os, shutil, subprocess, tempfile

import ir
import losses
import properties

# What a faulty file looks like: each change must be noticed, or the check would prove nothing.
MUTANTS = [
    ("schemaVersion: '2.1.0'", "schemaVersion: '2.2.0'"), ("componentRef:", "componentReference:"), ("executorLabel: exec-", "executorLabel: no-"),
    ("name: comp-", "name: gone-"), ("      container:", "      containers:"), ("mountPath:", "mountedAt:"), ("dependentTasks:\n", "dependentTasks:\n        - gone\n"),
    ("parameters[''lyre_run'']", "parameters[''gone'']"), ("lyre_run:\n", "lyre_walk:\n"), ("image: ", "pictures: "),
]


def pipelines(folders):
    for folder in folders:
        for place, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                if name.endswith(".pipeline"):
                    yield os.path.join(place, name)


class Exports:
    def __init__(self, lyre, components, report):
        self.lyre, self.components, self.report = lyre, components, report
        self.scratch = tempfile.mkdtemp(prefix="lyre-exports-")
        self.archives = os.path.join(self.scratch, "archives")

    def export(self, path, *options):
        target = os.path.join(self.scratch, "out.yaml")
        shutil.rmtree(self.archives, ignore_errors=True)
        command = [self.lyre, "pipeline", "export", path, "--to", "kfp", "--bucket", "bucket", "--endpoint", "http://storage:9000", "--secret", "s3",
                   "--overwrite", "-o", target, "--archives", self.archives, *options]
        for folder in self.components:
            command += ["--components", folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done, target

    def check(self, path):
        done, target = self.export(path)
        if done.returncode == 2:
            # A message says why; a trap or a stack trace would have another code.
            self.report(path, "error:" in done.stderr, f"refused without a reason: {done.stderr}")
            return False
        if not self.report(path, done.returncode == 0, done.stderr):
            return False
        found = ir.problems(target, os.path.join(self.scratch, "again.yaml"))
        self.report(path, not found, found)
        with open(target, encoding="utf-8") as file:
            first = file.read()
        self.export(path)
        with open(target, encoding="utf-8") as file:
            self.report(path, file.read() == first, "the second export differs")
        for what, holds in properties.claims(path, first, done.stderr, self.archives, self.components):
            self.report(path, holds, f"not carried over: {what}")
        return True

    def losses(self, path):
        """The comparison with the source notices what is lost."""
        done, target = self.export(path)
        with open(target, encoding="utf-8") as file:
            text = file.read()
        for old, new in losses.LOSSES:
            if self.report(path, old in text, f"the file for losses has no {old!r}"):
                try:
                    found = properties.claims(path, text.replace(old, new, 1), done.stderr, self.archives, self.components)
                    noticed = not all(holds for _, holds in found)
                except (KeyError, OSError):  # A part that is not there at all.
                    noticed = True
                self.report(path, noticed, f"{old!r} → {new!r} was not noticed")

    def mutants(self, path):
        """The check notices faults."""
        done, target = self.export(path)
        with open(target, encoding="utf-8") as file:
            text = file.read()
        for old, new in MUTANTS:
            if not self.report(path, old in text, f"the file for mutants has no {old!r}"):
                continue
            changed = os.path.join(self.scratch, "mutant.yaml")
            with open(changed, "w", encoding="utf-8") as file:
                file.write(text.replace(old, new, 1))
            try:
                found = ir.problems(changed, os.path.join(self.scratch, "again.yaml"))
            except Exception as error:  # The SDK may fail in any way.
                found = [repr(error)]
            self.report(path, bool(found), f"{old!r} → {new!r} was not noticed")
