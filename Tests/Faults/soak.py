"""Soak test: one `lyre run` takes 2,000 notebooks and 20 GB of output, with flat memory, descriptors and processes.

`make soak`, or `python3 Tests/Faults/soak.py [--notebooks N] [--megabytes M]` in the test environment. Every half second
the process is measured; the figures of the last tenth must not exceed those of the second tenth by more than a tenth.
"""
import argparse, json, os, statistics, subprocess, sys, threading, time

sys.path.insert(0, os.path.dirname(__file__))
from harness import Case, find


def figures(process):
    with open(f"/proc/{process}/status") as file:
        memory = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True).stdout.split()
    return memory / 1024, len(os.listdir(f"/proc/{process}/fd")), len(children)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebooks", type=int, default=2000)
    parser.add_argument("--megabytes", type=int, default=10, help="output of each notebook")
    options = parser.parse_args()
    case = Case(find("lyre", "LYRE"), find("scripted-kernel", "SCRIPTED_KERNEL"))
    case.scripted()
    names = [f"n{number:05}.ipynb" for number in range(options.notebooks)]
    flood = f"flood {options.megabytes * 1024} 1024"
    for name in names:
        case.notebook(name, [flood, "print end"], kernel="scripted")
    events = case.path("events")
    os.mkfifo(events)
    checked, lost, samples, finished = 0, 0, [], []
    running = case.start("run", "-q", "--events", events, *names, stdout=subprocess.DEVNULL)
    process = running.process.pid

    def sample():
        while running.process.poll() is None:
            try:
                samples.append(figures(process))
            except (OSError, StopIteration):
                break
            time.sleep(0.5)
    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()

    def check(name):
        nonlocal lost, checked
        size = os.path.getsize(case.path(name))
        if size < options.megabytes << 20 or case.output(1, name) != "end\n":
            lost += 1
            print(f"{name}: {size} bytes")
        os.unlink(case.path(name))  # so that the disk need not store all of them
        checked += 1

    with open(events, "rb") as log:
        for line in log:
            if b'"run_finished"' not in line[:200]:
                continue
            # A notebook's last save is after the end of its run and before the end of the next run.
            finished.append(json.loads(line)["notebook"])
            if len(finished) < 2:
                continue
            check(finished[-2])
            if checked % 100 == 0:
                print(f"{checked} notebooks; memory {samples[-1][0]:.0f} MB, descriptors {samples[-1][1]}, children {samples[-1][2]}",
                      flush=True)
    ended = running.end(60)
    if finished:
        check(finished[-1])
    sampler.join()
    tenth = max(1, len(samples) // 10)
    grown = []
    for index, (name, slack) in enumerate((("memory in MB", 8), ("descriptors", 2), ("child processes", 1))):
        early = statistics.median(value[index] for value in samples[tenth:2 * tenth])
        late = statistics.median(value[index] for value in samples[-tenth:])
        print(f"{name}: {early:.0f} in the second tenth, {late:.0f} in the last, {max(value[index] for value in samples):.0f} at most")
        if late > early * 1.1 + slack:
            grown.append(name)
    left = case.close()
    total = options.notebooks * options.megabytes / 1024
    print(f"{checked} of {len(names)} notebooks, {total:.1f} GB, exit code {ended.code}, {lost} incomplete, "
          f"{len(left)} processes left, {ended.seconds:.0f} s")
    good = (len(finished), lost, ended.code, grown, left) == (len(names), 0, 0, [], [])
    if grown:
        print(f"grew: {', '.join(grown)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
