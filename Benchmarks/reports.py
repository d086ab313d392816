#!/usr/bin/env python3
"""Times `lyre report` beside `jupyter nbconvert --to html`, and looks for what is missing in Lyre's pages.

Usage: Benchmarks/reports.py [--rounds N] [--count N] [--markdown FILE] [NOTEBOOK...]
The Python that runs it has nbconvert (and with it BeautifulSoup). Without notebooks it takes those of the corpus that
have been run, the ones with the most kinds of outputs first.

Per notebook: the median time of whole commands, which take turns; the size of the page; and of what nbconvert's page
shows, how many words are not in Lyre's, and the numbers of images, tables and formulas in both. Formulas are those
that MathJax would find in nbconvert's page; Lyre's that are MathML.
"""
import argparse
import base64
import collections
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

from bs4 import BeautifulSoup

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
LYRE = os.environ.get("LYRE") or os.path.join(ROOT, ".build-static", "lyre")
CORPUS = os.path.join(ROOT, "..", "shared", "corpus", "notebooks", "runnable")
MATH = re.compile(r"\$\$.+?\$\$|\$[^$\n]+?\$|\\begin\{(?:align|equation)", re.S)


def corpus(count):
    """The notebooks of the corpus with the most kinds of content."""
    found = []
    for folder, _, names in os.walk(CORPUS):
        for name in sorted(names):
            if not name.endswith(".expected.ipynb"):
                continue
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as file:
                cells = json.load(file).get("cells", [])
            kinds = set()
            for cell in cells:
                kinds.add(cell["cell_type"])
                if "$" in "".join(cell["source"]):
                    kinds.add("$")
                for output in cell.get("outputs", []):
                    kinds.add(output["output_type"])
                    kinds.update(output.get("data", {}))
            found.append((-len(kinds), os.path.getsize(path), path))
    return [path for _, _, path in sorted(found)[:count]]


def words(soup):
    """The words that a page shows, with those of its frames and drawings, and the numbers of its parts."""
    numbers = collections.Counter()
    text = []
    for tag in soup.find_all(["script", "style", "head"]):
        tag.decompose()
    for frame in soup.find_all("iframe"):
        if frame.get("srcdoc"):
            inner, more = words(BeautifulSoup(frame["srcdoc"], "html.parser"))
            text.append(inner)
            numbers.update(more)
    for image in soup.find_all("img"):
        source = image.get("src", "")
        if source.startswith("data:image/svg+xml,"):
            text.append(BeautifulSoup(urllib.parse.unquote(source.split(",", 1)[1]), "html.parser").get_text(" "))
        elif source.startswith("data:image/svg+xml;base64,"):
            drawing = base64.b64decode(source.split(",", 1)[1]).decode("utf-8", "replace")
            text.append(BeautifulSoup(drawing, "html.parser").get_text(" "))
    numbers["images"] += len(soup.find_all("img"))
    numbers["images"] += len([svg for svg in soup.find_all("svg") if svg.find_parent("svg") is None])
    numbers["tables"] += len(soup.find_all("table"))
    numbers["mathml"] += len(soup.find_all("math"))
    numbers["unread"] += len(soup.find_all("code", class_="tex")) + len(soup.find_all("mtext", class_="unknown"))
    text.append(soup.get_text(" "))
    return " ".join(text), numbers


def parts(text):
    return collections.Counter(re.findall(r"\w+", text.replace("\u2212", "-")))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("notebooks", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--markdown")
    options = parser.parse_args()
    notebooks = options.notebooks or corpus(options.count)
    if not notebooks:
        sys.exit("no notebooks: name some, or have the corpus beside the clone")
    rows, processor = [], []
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = os.path.join(folder, "lyre.html"), os.path.join(folder, "nbconvert.html")
        for notebook in notebooks:
            commands = {
                "lyre": [LYRE, "report", notebook, "-o", ours],
                "nbconvert": [sys.executable, "-m", "nbconvert", "--to", "html", notebook, "--output", theirs],
            }
            times = {name: [] for name in commands}
            work = {name: [] for name in commands}
            for _ in range(options.rounds):
                for name, command in commands.items():
                    before = resource.getrusage(resource.RUSAGE_CHILDREN)
                    begin = time.perf_counter()
                    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
                    times[name].append(time.perf_counter() - begin)
                    after = resource.getrusage(resource.RUSAGE_CHILDREN)
                    work[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
                    if done.returncode != 0:
                        sys.exit(f"{' '.join(command)}: {done.stderr.decode()}")
            sizes, texts, numbers = {}, {}, {}
            for name, path in (("lyre", ours), ("nbconvert", theirs)):
                sizes[name] = os.path.getsize(path)
                with open(path, encoding="utf-8") as file:
                    # The content of a shadow tree is content.
                    page = re.sub(r"</?template[^>]*>", "", file.read())
                texts[name], numbers[name] = words(BeautifulSoup(page, "html.parser"))
            # The prompts are other ones.
            shown = re.sub(r"(In|Out)\s*\[[ \d]*\]:", "", texts["nbconvert"])
            # Colours split words at other places.
            missing = parts(shown) - parts(texts["lyre"])
            missing = collections.Counter({word: n for word, n in missing.items() if word not in texts["lyre"]})
            numbers["nbconvert"]["formulas"] = len(MATH.findall(shown))
            processor.append(statistics.median(work["nbconvert"]) / max(statistics.median(work["lyre"]), 0.001))
            rows.append((notebook, times, sizes, numbers, missing, sum(parts(shown).values())))
    lines = [
        "| notebook | lyre | nbconvert | times faster | size, kB | nbconvert's | words missing | images | tables | formulas |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    ratios = []
    for notebook, times, sizes, numbers, missing, total in rows:
        ours, theirs = statistics.median(times["lyre"]), statistics.median(times["nbconvert"])
        ratios.append(theirs / ours)
        mine, other = numbers["lyre"], numbers["nbconvert"]
        unread = f" ({mine['unread']} not read)" if mine["unread"] else ""
        name = os.path.relpath(notebook, CORPUS).replace(".expected", "").split("/")[-1]
        lines.append(
            f"| {name} | {ours * 1000:.0f} ms | {theirs * 1000:.0f} ms | {theirs / ours:.0f} "
            f"| {sizes['lyre'] / 1000:.0f} | {sizes['nbconvert'] / 1000:.0f} | {sum(missing.values())} of {total} "
            f"| {mine['images']} / {other['images']} | {mine['tables']} / {other['tables']} "
            f"| {mine['mathml']} / {other['formulas']}{unread} |")
        if missing:
            print(f"{notebook}: missing {dict(missing.most_common(12))}", file=sys.stderr)
    lines.append("")
    lines.append(
        f"Median {statistics.median(ratios):.0f} times faster, at least {min(ratios):.0f}; by processor time median "
        f"{statistics.median(processor):.0f}, at least {min(processor):.0f}; sizes in all "
        f"{sum(r[2]['lyre'] for r in rows) / 1e6:.1f} and {sum(r[2]['nbconvert'] for r in rows) / 1e6:.1f} MB.")
    print("\n".join(lines))
    if options.markdown:
        with open(options.markdown, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
