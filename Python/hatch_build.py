"""Puts the program into the wheel and gives the wheel its platform tag.

The program is named by LYRE_BINARY. Without it the wheel holds the Python part alone and is not for a platform; the
program is then found by LYRE or on PATH.
"""
import os

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The program is static: it needs no C library at all, so both families of tags are true.
TAG = "py3-none-manylinux_2_17_x86_64.musllinux_1_1_x86_64"


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
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

    def shared_data(self, folder):
        """Completions and man pages, where LYRE_SHARED names a folder that is laid out as share/ is."""
        if not folder:
            return
        for place, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(place, name)
                yield path, os.path.join("share", os.path.relpath(path, folder))
