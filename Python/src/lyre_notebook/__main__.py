"""`python -m lyre_notebook …` is `lyre …`."""

import os
import sys

from ._binary import LyreNotFoundError, find_lyre


def main() -> None:
    try:
        program = find_lyre()
    except LyreNotFoundError as error:
        sys.exit(f"error: {error}")
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
