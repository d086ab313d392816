"""The fault suite: `scripts/faults [--quick] [--jobs N] [ROW|FAMILY ...]`. See Tests/Faults/README.md.

Prints a line for each row, then the numbers of rows that held, lost bytes and leftover processes; exit code 1 if any row
did not hold.
"""
import argparse, concurrent.futures, importlib, os, pkgutil, sys, threading, time, traceback

sys.path.insert(0, os.path.dirname(__file__))
import registry
import rows
from harness import Case, Fault, Skip, find


def run(row, lyre, scripted_kernel):
    began = time.monotonic()
    case = Case(lyre, scripted_kernel)
    verdict, why = "held", ""
    try:
        row.body(case)
    except Skip as skip:
        verdict, why = "skipped", str(skip)
    except Fault as fault:
        verdict, why = "FAULT", str(fault)
    except Exception:
        verdict, why = "FAULT", traceback.format_exc(limit=3)
    left = []
    try:
        left = case.close()
        if left and verdict == "held":
            verdict, why = "FAULT", f"processes left: {left}"
    except Fault as fault:
        if verdict == "held":
            verdict, why = "FAULT", str(fault)
    if verdict == "FAULT" and row.known:
        verdict, why = "limit", f"known limit: {row.known}"
    return row, verdict, why, case.lost, len(left), time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description="Runs lyre through real faults: kernels, signals, disks, other users.")
    parser.add_argument("names", nargs="*", help="rows (K01) or families (kernels); all by default")
    parser.add_argument("--quick", action="store_true", help="skip rows that take much time or memory")
    parser.add_argument("--jobs", type=int, default=2, help="rows at once (2)")
    parser.add_argument("--again", action="store_true", help="run rows that did not hold once more, alone; only the second "
                        "verdict counts, and both are printed")
    parser.add_argument("--list", action="store_true", help="list the rows")
    options = parser.parse_args()
    for module in sorted(module.name for module in pkgutil.iter_modules(rows.__path__)):
        importlib.import_module(f"rows.{module}")
    chosen = [row for row in registry.rows
              if (not options.names or row.name in options.names or row.family in options.names)
              and not (options.quick and row.slow)]
    if options.list:
        for row in chosen:
            print(f"{row.name:<6} {row.family:<10} {'slow  ' if row.slow else '      '}{row.title}")
        return 0
    if not chosen:
        sys.exit(f"error: no row or family is called {' '.join(options.names)}; --list lists them")
    lyre, scripted_kernel = find("lyre", "LYRE"), find("scripted-kernel", "SCRIPTED_KERNEL")
    print(f"{len(chosen)} rows, {lyre}", flush=True)
    began = time.monotonic()
    results, lock = [], threading.Lock()

    def one(row):
        result = run(row, lyre, scripted_kernel)
        with lock:
            results.append(result)
            row, verdict, why, _, _, seconds = result
            print(f"{row.name:<6} {verdict:<7} {seconds:6.1f} s  {row.title}", flush=True)
            if why:
                print("".join(f"         {line}\n" for line in why.splitlines()), end="", flush=True)

    # Rows that fill or measure the memory run alone, at the end.
    with concurrent.futures.ThreadPoolExecutor(max_workers=options.jobs) as pool:
        list(pool.map(one, [row for row in chosen if not row.alone]))
    for row in chosen:
        if row.alone:
            one(row)
    if options.again:
        # With other work a row may miss a time limit; a real fault occurs again when the row runs alone.
        for result in [result for result in results if result[1] == "FAULT"]:
            print(f"{result[0].name} again, alone:", flush=True)
            results.remove(result)
            one(result[0])
    count = {verdict: sum(1 for result in results if result[1] == verdict) for verdict in ("held", "FAULT", "limit", "skipped")}
    print(f"{len(results)} rows: {count['held']} held, {count['FAULT']} faults, {count['limit']} known limits, "
          f"{count['skipped']} skipped; "
          f"{sum(result[3] for result in results)} bytes lost, {sum(result[4] for result in results)} processes left; "
          f"{time.monotonic() - began:.0f} s")
    for row, verdict, why, *_ in results:
        if verdict == "FAULT":
            print(f"  {row.name}: {why.splitlines()[0] if why else ''}")
    print(f"{count['held']} passed, {count['FAULT']} failed, {count['skipped']} skipped")
    return 1 if count["FAULT"] else 0


if __name__ == "__main__":
    sys.exit(main())
