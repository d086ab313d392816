#!/usr/bin/env python3
"""Runs the micro-benchmarks of this folder's package (Micro/) and shows their medians in one table.

Usage: Benchmarks/micro.py [--filter REGEX] [--markdown FILE]

It measures reading, writing and indexing JSON, signing, encoding and decoding messages, and reading, changing and
writing a notebook, all in memory. `swift package --package-path Benchmarks benchmark` shows all details, and can store
and compare baselines.
"""
import argparse
import os
import platform
import re
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
COMMAND = ["swift", "package", "--package-path", FOLDER, "benchmark"]
OPTIONS = ["--format", "markdown", "--time-units", "nanoseconds", "--no-progress"]


def run(selection):
    """The rows (name, p50, p90, count) that the benchmarks print, times in nanoseconds."""
    command = COMMAND + OPTIONS + (["--filter", selection] if selection else [])
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    name, rows = None, []
    for line in result.stdout.splitlines():
        if line.startswith("### "):
            name = line[4:].strip()
        elif line.startswith("| Time (wall clock)"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            rows.append((name, float(cells[3]), float(cells[5]), int(cells[8])))
    if result.returncode != 0 or not rows:
        sys.exit(f"{result.stdout}\nthe benchmarks failed with exit code {result.returncode}")
    return rows


def time(nanoseconds):
    for size, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def rate(name, nanoseconds):
    """Bytes per second, by the size in the name."""
    count, size, unit = re.search(r"(?:(\d+) messages of )?([\d.]+) (KB|MB)$", name).groups()
    size = int(count or 1) * float(size) * {"KB": 1e3, "MB": 1e6}[unit]
    return f"{size / nanoseconds * 1e3:,.0f} MB/s"


def each(name, nanoseconds):
    count = re.search(r"(\d+) messages", name)
    return time(nanoseconds / int(count[1])) if count else ""


def machine():
    with open("/proc/cpuinfo") as file:
        processor = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown processor")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    version = re.search(r"Swift version (\S+)", swift)
    return (
        f"{processor}, {os.cpu_count()} processors, {memory:.0f} GB, Linux {platform.release()}, "
        f"Swift {version[1] if version else 'unknown'}, load {os.getloadavg()[0]:.1f} at the start"
    )


def table(rows):
    headings = ["benchmark", "median", "p90", "each", "rate", "samples"]
    cells = [[name, time(p50), time(p90), each(name, p50), rate(name, p50), str(count)] for name, p50, p90, count in rows]
    widths = [max(len(row[column]) for row in [headings] + cells) for column in range(len(headings))]

    def line(row):
        return "| " + " | ".join(text.ljust(width) if i == 0 else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))) + " |"

    rule = "| " + " | ".join("-" * width if i == 0 else "-" * (width - 1) + ":" for i, width in enumerate(widths)) + " |"
    return "\n".join([line(headings), rule] + [line(row) for row in cells])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--filter", metavar="REGEX", help="run only benchmarks whose whole name matches")
    parser.add_argument("--markdown", metavar="FILE", help="also write the table and the machine to FILE")
    options = parser.parse_args()
    about = machine()
    text = table(run(options.filter))
    print(f"{about}\n\n{text}")
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write(
                f"# Micro-benchmarks\n\nOne run of `scripts/bench micro` on {about}. The times are medians; notebooks and "
                f"messages are generated, and everything is in memory.\n\n{text}\n"
            )


if __name__ == "__main__":
    main()
