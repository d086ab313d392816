"""Large outputs: none is lost, and memory stays within a small multiple."""
from registry import row

RUN = ("run", "n.ipynb", "--events", "events", "--report", "junit.xml")


def large(name, title, megabytes, last=True, factor=None, busy=False, display=False):
    @row(name, title, slow=True, alone=True)
    def _(t):
        import subprocess, sys
        size = megabytes << 20
        source = (f"print('x' * {size})" if not display else
                  f"from IPython.display import display\ndisplay({{'text/plain': 'x' * {size}}}, raw=True)")
        t.notebook("n.ipynb", ["print('kept')", source] + ([] if last else ["print('after')"]))
        load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4 if busy else 0)]
        try:
            ended = t.measured("run", "n.ipynb", "--report", "junit.xml", limit=900).exits(0)
        finally:
            for process in load:
                process.kill()
                process.wait()
        ended.says_not("may be missing", "idle")
        held = len(t.read("n.ipynb"))
        t.lost += max(0, size - held)
        t.expect(held >= size, f"{held} bytes are in the file, but {size} were printed")
        if factor and not busy:
            t.expect(ended.peak <= factor * size, f"{ended.peak / size:.2f} times the output in memory, at most {factor}")


large("B01", "1 GB printed, then another cell", 1024, last=False, factor=2.2)
large("B03", "1 GB printed in the last cell", 1024, factor=2.2)
large("B04", "400 MB displayed in the last cell", 400, display=True)
large("B05", "600 MB printed in the last cell, other work on all cores", 600, busy=True)
large("B06", "100 MB printed in the last cell", 100, factor=2.2)


@row("Y08", "1,000,000 small displays: all kept, at most four times the file in memory", slow=True, alone=True)
def _(t):
    t.notebook("n.ipynb", ["from IPython.display import display\nfor i in range(1_000_000): display({'text/plain': str(i)}, raw=True)"])
    ended = t.measured("run", "n.ipynb", limit=1200).exits(0)
    outputs = t.read("n.ipynb").count(b'"output_type": "display_data"')
    t.expect(outputs == 1_000_000, f"{outputs} displays are in the file")
    size = len(t.read("n.ipynb"))
    t.expect(ended.peak <= 4 * size, f"{ended.peak / size:.1f} times the file in memory, at most 4")


@row("B10", "20 MB in small lines, with and without a slow reader")
def _(t):
    t.notebook("n.ipynb", ["for i in range(400_000): print('x' * 49)"])
    t.run(*RUN).exits(0)
    t.keeps(("x" * 49 + "\n") * 400_000, 0)
