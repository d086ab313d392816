"""Builds another package, which depends on this one by path, from the examples in the documentation, and runs them.

`make package-check`, or `python3 Tests/OtherPackage/check.py [--jobs N]` in the test environment. Each Swift example of each page
below becomes a separate program; its output and the notebook that it writes must match the expectations here.
"""
import argparse, json, os, pathlib, re, shutil, subprocess, sys, tempfile

root = pathlib.Path(__file__).resolve().parents[2]
kernel_example = "stdout 42\n\n"

# Page: the output of its examples, in order.
pages = {
    "README.md": [kernel_example],
    "docs/library.md": [kernel_example],
    "Sources/KernelClient/Documentation.docc/KernelClient.md": [
        kernel_example,
        "status\nexecute_input\nstream\nstatus\n",
        "hello\n\nfinished: ok\n",
    ],
    "Sources/NotebookExecution/Documentation.docc/NotebookExecution.md": [
        "1 of the notebook\ncell 1 (In [1]) 'print('1 of the notebook')' succeeded\n"
        "KeyError is allowed\ncell 2 (In [2]) 'print('KeyError is allowed')' failed\ncompleted\n",
    ],
}
notebook = {
    "cells": [
        {"cell_type": "code", "execution_count": None, "id": name, "metadata": {}, "outputs": [], "source": source}
        for name, source in (("a", "print('1 of the notebook')"), ("b", "print('KeyError is allowed')\n{}['x']"))
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4, "nbformat_minor": 5,
}
manifest = """// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "other",
  dependencies: [.package(name: "lyre", path: "%s")],
  targets: [
%s  ]
)
"""
target = """    .executableTarget(
      name: "%s",
      dependencies: [
%s      ]),
"""


def examples(page):
    text = (root / page).read_text()
    blocks = re.findall(r"^```swift\n(.*?)^```", text, flags=re.S | re.M)
    module = pathlib.Path(page).stem
    # Examples on a library's own page may omit the import of the library.
    return [block if block.startswith("import ") else f"import {module}\n\n{block}" for block in blocks]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, help="how many compilers run at once")
    options = parser.parse_args()
    folder = root / ".build-other" / "package"
    shutil.rmtree(folder, ignore_errors=True)
    programs, targets = [], ""
    for page, expected in pages.items():
        found = examples(page)
        if len(found) != len(expected):
            sys.exit(f"{page} has {len(found)} examples, and {len(expected)} are expected: edit {__file__}")
        for code, output in zip(found, expected):
            name = f"Example{len(programs) + 1}"
            source = folder / "Sources" / name / "main.swift"
            source.parent.mkdir(parents=True)
            source.write_text(code)
            products = "".join(
                f'        .product(name: "{module}", package: "lyre"),\n'
                for module in re.findall(r"^import (\w+)", code, flags=re.M))
            targets += target % (name, products)
            programs.append((page, name, output))
    (folder / "Package.swift").write_text(manifest % (root, targets))
    build = ["swift", "build", "--package-path", str(folder), "--scratch-path", str(root / ".build-other"), "-j", str(options.jobs)]
    subprocess.run(build, check=True, stdout=sys.stderr)
    binaries = subprocess.run(build + ["--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()
    wrong = 0
    for page, name, expected in programs:
        with tempfile.TemporaryDirectory() as place:
            path = os.path.join(place, "analysis.ipynb")
            with open(path, "w") as file:
                json.dump(notebook, file)
            ran = subprocess.run([f"{binaries}/{name}"], cwd=place, capture_output=True, text=True, timeout=300)
            good = (ran.returncode, ran.stdout) == (0, expected)
            if "NotebookFile(\"analysis.ipynb\").write" in (folder / "Sources" / name / "main.swift").read_text():
                with open(path) as file:
                    outputs = [cell["outputs"][0]["text"] for cell in json.load(file)["cells"]]
                good = good and ["".join(text) for text in outputs] == ["1 of the notebook\n", "KeyError is allowed\n"]
            print(f"{'held ' if good else 'WRONG'} {page} ({name})")
            if not good:
                wrong += 1
                print(f"  expected {expected!r}\n  code {ran.returncode}, output {ran.stdout!r}\n{ran.stderr}")
    print(f"{len(programs)} examples, {wrong} wrong")
    return 1 if wrong else 0


sys.exit(main())
