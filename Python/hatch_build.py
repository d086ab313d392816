"""Puts the extension of JupyterLab and the program into the wheel, and gives the wheel its platform tag.

The program is named by LYRE_BINARY. Without it the wheel holds the Python part alone and is not for a platform; the
program is then found by LYRE or on PATH.
"""
import hashlib
import json
import os
import tempfile

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The program is static: it needs no C library at all, so both families of tags are true.
TAG = "py3-none-manylinux_2_17_x86_64.musllinux_1_1_x86_64"


#: Where JupyterLab and Notebook look for extensions.
EXTENSION = "share/jupyter/labextensions/lyre-lab"


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        build_data["shared_data"].update(self.extension())
        binary = os.environ.get("LYRE_BINARY")
        if not binary:
            return
        if not os.path.isfile(binary):
            raise FileNotFoundError(f"LYRE_BINARY={binary}: there is no such file")
        build_data["shared_scripts"][os.path.abspath(binary)] = "lyre"
        build_data["shared_scripts"][os.path.join(self.root, "scripts", "jupyter-lyre")] = "jupyter-lyre"
        for source, target in self.shared_data(os.environ.get("LYRE_SHARED", "")):
            build_data["shared_data"][source] = target
        build_data["pure_python"] = False
        build_data["tag"] = TAG

    def extension(self):
        """The extension's files. The name of the folder changes with them: browsers keep files of the same address."""
        source = os.path.join(self.root, "labextension")
        static = os.path.join(source, "static")
        names = sorted(os.listdir(static))
        digest = hashlib.sha256()
        for name in names:
            with open(os.path.join(static, name), "rb") as file:
                digest.update(name.encode() + b"\0" + file.read())
        folder = "static/" + digest.hexdigest()[:16]
        files = {os.path.join(static, name): f"{EXTENSION}/{folder}/{name}" for name in names}
        files[os.path.join(source, "install.json")] = f"{EXTENSION}/install.json"
        with open(os.path.join(source, "package.json"), encoding="utf-8") as file:
            about = json.load(file)
        about["version"] = self.metadata.version
        about["jupyterlab"]["_build"]["load"] = f"{folder}/remoteEntry.js"
        self.scratch = tempfile.TemporaryDirectory()
        made = os.path.join(self.scratch.name, "package.json")
        with open(made, "w", encoding="utf-8") as file:
            json.dump(about, file, indent=2)
        os.chmod(made, 0o644)
        files[made] = f"{EXTENSION}/package.json"
        return files

    def finalize(self, version, build_data, artifact_path):
        self.scratch.cleanup()

    def shared_data(self, folder):
        """Completions and man pages, where LYRE_SHARED names a folder that is laid out as share/ is."""
        if not folder:
            return
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                yield path, os.path.join("share", os.path.relpath(path, folder))
