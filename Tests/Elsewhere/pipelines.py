"""Pipelines of shell scripts where there is nothing but busybox."""
import os

from program import LYRE

COUNT = """#!/bin/sh
set -eu
seq 1 100 > numbers.txt
echo "$(wc -l < numbers.txt) numbers"
"""
SUM = """#!/bin/sh
set -eu
awk '{ all += $1 } END { print all }' numbers.txt | tee sum.txt
sh -c 'sleep 1000 &'
"""


def shell(report, place):
    folder = place.path("/keep/p")
    os.makedirs(folder)
    for name, text in (("count.sh", COUNT), ("sum.sh", SUM)):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
        os.chmod(os.path.join(folder, name), 0o755)
    file = "/keep/p/sums.pipeline"
    with report.check(f"{place.name}: lyre pipeline new") as saw:
        place.run(LYRE, "pipeline", "new", file, "/keep/p/count.sh", "/keep/p/sum.sh", "--chain").exits(0)
        place.run(LYRE, "pipeline", "validate", file).exits(0)
    for how, extra in (("", {}), ("as process 1", {"first": True}),
                       ("as another user on a read-only root", {"user": 1234, "how": "read-only", "bring": folder})):
        with report.check(f"{place.name}: a pipeline of shell scripts, {how or 'with HOME, TZ and LANG unset'}") as saw:
            here = "/tmp/brought/sums.pipeline" if "bring" in extra else file
            ended = place.run(LYRE, "pipeline", "run", here, **extra).exits(0).says("100 numbers", "5050")
            saw.append((ended.output + ended.messages).strip().splitlines()[-1])
    with report.check(f"{place.name}: the pipeline's record: history and logs") as saw:
        history = place.run(LYRE, "pipeline", "history", file).exits(0)
        saw.append(f"{len(history.output.strip().splitlines())} lines of history")
        place.run(LYRE, "pipeline", "logs", "last", "sum.sh").exits(0).says("5050")
    with report.check(f"{place.name}: --cached runs nothing") as saw:
        saw.append(place.run(LYRE, "pipeline", "run", "--cached", file).exits(0).says("unchanged").messages.strip().splitlines()[-1])
