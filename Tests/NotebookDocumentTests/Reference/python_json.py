"""The results of Python's json for texts: reads one JSON string per line and writes one JSON value per line.

Output: the text as Python writes it in nbformat's style, or null if Python rejects it.
"""

import json
import sys

for line in sys.stdin:
    text = json.loads(line)
    try:
        value = json.loads(text)
        written = json.dumps(value, indent=1, sort_keys=True, separators=(",", ": "), ensure_ascii=False)
    except ValueError:
        written = None
    sys.stdout.write(json.dumps(written) + "\n")
    sys.stdout.flush()
