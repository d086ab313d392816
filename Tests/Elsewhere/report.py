"""One line for each check, then the counts."""
import contextlib, time, traceback


class Missed(Exception):
    """What a check expects and did not see."""


class Report:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, [], 0

    @contextlib.contextmanager
    def check(self, name):
        """A check: it passes unless its body raises. What it calls the yielded list's `append` with is printed as what it saw."""
        saw, began = [], time.monotonic()
        try:
            yield saw
        except Exception as error:
            why = str(error) if isinstance(error, Missed) else traceback.format_exc(limit=4)
            self.failed.append(name)
            print(f"FAIL  {name}", *(f"      {line}" for line in why.splitlines()), sep="\n", flush=True)
            return
        self.passed += 1
        text = "; ".join(str(part) for part in saw)
        print(f"ok    {name}{': ' if text else ''}{text} ({time.monotonic() - began:.1f} s)", flush=True)

    def skip(self, name, why):
        self.skipped += 1
        print(f"skip  {name}: {why}", flush=True)

    def end(self):
        """Prints the counts; the exit code."""
        for name in self.failed:
            print(f"failed: {name}")
        print(f"{self.passed} passed, {len(self.failed)} failed, {self.skipped} skipped")
        return 1 if self.failed or not self.passed else 0
