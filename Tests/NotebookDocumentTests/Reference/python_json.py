"""What Python's json makes of texts: reads one JSON string a line and writes one JSON value a line.

Out: the text as Python writes it again in nbformat's style, null where it is not JSON for Python.
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
