"""Pipelines for Kubeflow Pipelines, checked with its own code and run in real containers: `scripts/engines-check`."""
import argparse, glob, os, shutil, sys, tempfile

import exports

parser = argparse.ArgumentParser()
parser.add_argument("lyre", help="the program that exports")
parser.add_argument("folders", nargs="+", help="folders with pipelines")
parser.add_argument("--components", action="append", default=[], help="a folder with definitions of components")
parser.add_argument("--node", help="the program that runs nodes in containers; without it nothing is run")
options = parser.parse_args()

missed = []
counts = {"pipelines": 0, "exported": 0, "claims": 0}


def report(what, holds, why):
    counts["claims"] += 1
    if not holds:
        missed.append(f"{what}: {why}")
        print(f"MISSED {missed[-1]}", flush=True)
    return holds


check = exports.Exports(options.lyre, options.components, report)
try:
    for path in exports.pipelines(options.folders):
        counts["pipelines"] += 1
        counts["exported"] += check.check(path)
    full = os.path.join(os.path.dirname(os.path.abspath(__file__)), "full", "full.pipeline")
    report(full, check.check(full), "was not exported")
    check.mutants(full)
    check.losses(full)
    if options.node:
        import runs
        runs.check(options.lyre, options.node, report)
finally:
    shutil.rmtree(check.scratch)
print(f"{counts['exported']} of {counts['pipelines']} pipelines exported (the others are not valid), {counts['claims']} claims, {len(missed)} missed")
sys.exit(1 if missed or not counts["pipelines"] else 0)
