"""Messages that are forged, truncated, repeated, out of order or malformed."""
from registry import row

RUN = ("run", "n.ipynb", "--events", "events", "--report", "junit.xml")


def survives(name, title, line, *words, code=0, options=(), keeps_first=True, within=60, slow=False):
    """A line of the scripted kernel between two prints: the prints are kept, and the message contains `words`."""
    @row(name, title, slow=slow)
    def _(t):
        t.scripted()
        t.notebook("n.ipynb", [f"print first\n{line}\nprint last", "print next"], kernel="scripted")
        t.run(*RUN, *options).exits(code).says(*words).faster_than(within)
        held = t.output(0)
        t.expect(held.startswith("first\n"), f"the first line is lost: {held!r}")
        if code == 0:
            t.expect(held.endswith("last\n"), f"the last line is lost: {held!r}")
            t.keeps("next\n", 1)
        t.run("check", "n.ipynb").exits(0)


for name, fault in [("M01", "bad-signature"), ("M02", "short-signature"), ("M03", "unsigned"), ("M04", "replay"),
                    ("M05", "few-frames"), ("M06", "delimiter-only"), ("M07", "no-delimiter"), ("M08", "empty-frame"),
                    ("M10", "not-json"), ("M11", "deep"), ("M14", "no-header")]:
    survives(name, f"a message that is wrong ({fault}) is dropped with a warning", f"with {fault} print forged", "warning")
for name, fault in [("M09", "invalid-utf8"), ("M12", "null-content"), ("M13", "nan"), ("M15", "wrong-parent"),
                    ("M16", "no-parent")]:
    survives(name, f"a message of odd form ({fault}) does not stop the run", f"with {fault} print odd")
survives("M17", "a reply with a bad signature ends by the time limit", "with bad-signature reply", code=3,
         options=("--timeout", "3"))
survives("M18", "a missing idle ends the cell after a wait", "no idle")
survives("M19", "an idle before the reply", "idle\nreply")
survives("M20", "a reply twice", "reply\nreply")
survives("M23", "no reply at all ends by the time limit", "no reply\nhang", code=3, options=("--timeout", "3"))
survives("M25", "no reply and no limit: a NoReplyError", "with bad-signature reply\nidle", "NoReplyError", code=1)
survives("M22", "unknown types and wrong members leave a valid notebook",
         'message nonsense {"a": 1}\nmessage display_data {"data": 5}\nmessage stream {"name": 7, "text": []}\n'
         'message error {"ename": [], "traceback": "x"}\nmessage execute_result {"data": {"text/plain": {"a": [1]}}}')


@row("M21", "a reply with the status aborted is a failure")
def _(t):
    t.scripted()
    t.notebook("n.ipynb", ["print kept\nreply-is {\"status\": \"aborted\"}"], kernel="scripted")
    t.run(*RUN).exits(1)
    t.keeps("kept\n", 0)


def evil(name, title, code, *words, within=120, exits=0, slow=False, alone=False, errors=True):
    @row(name, title, slow=slow, alone=alone)
    def _(t):
        t.evil()
        t.notebook("n.ipynb", [f"py:{code}"], kernel="evil")
        ended = t.run(*RUN, stdout=-3, limit=within).exits(exits).says(*words)
        ended.says_not("may be missing", "idle")
        text = t.output(0)
        t.expect(text.startswith("first\n") and text.endswith("last\n"), f"lost: {text[:50]!r} … {text[-50:]!r}")
        t.expect(len(ended.err) < 100_000, f"{len(ended.err)} bytes of messages")


evil("M28", "one message of 200 MB", "text(h, 'x' * 200_000_000)", slow=True, alone=True)
evil("M30", "10 million empty arrays in one display",
     "pub('display_data', h, {'data': {'application/json': [[]] * 10_000_000}, 'metadata': {}})", slow=True, alone=True)
evil("M31", "a display with a million wrong keys: warnings are bounded",
     "pub('display_data', h, {'data': {f'k{i}': 5 for i in range(1_000_000)}, 'metadata': {}})", slow=True, alone=True)
evil("M32", "duplicate keys: the last one counts",
     "pub('display_data', h, None, b'{\"data\": {\"text/plain\": \"a\", \"text/plain\": \"b\"}, \"metadata\": {}}')")
evil("M33", "10,000 buffers after a message",
     "iopub.send_multipart([b'stream'] + frames('stream', h, {'name': 'stdout', 'text': 'x\\n'}) + [b'b'] * 10_000)")
evil("M34", "numbers beyond the range of all types",
     "pub('display_data', h, None, b'{\"data\": {\"application/json\": [1e999999, ' + b'9' * 4000 + b']}, \"metadata\": {}}')")
evil("M35", "a lone surrogate and NUL in a text",
     "pub('stream', h, None, b'{\"name\": \"stdout\", \"text\": \"a\\\\ud800b\\\\u0000c\\\\n\"}')")
evil("M36", "7,000 random messages: warnings are bounded", """
import random
random.seed(1)
for i in range(7000): iopub.send_multipart([random.randbytes(random.randrange(40)) for _ in range(random.randrange(1, 9))])
""")
evil("M37", "5,000 comm_open: warnings are bounded",
     "[pub('comm_open', h, {'comm_id': str(i), 'target_name': f't{i}', 'data': {}}) for i in range(5000)]")


@row("M38", "output and idle after the reply are received, or the cell fails: output is never lost silently")
def _(t):
    t.evil("late", "late")
    t.notebook("n.ipynb", ["2"], kernel="late")
    t.run(*RUN).exits(0)
    t.keeps("first\nPRECIOUS\n", 0)
    t.notebook("n.ipynb", ["8"], kernel="late")
    ended = t.run(*RUN)
    if "PRECIOUS" not in t.output(0):
        ended.exits(1).says("OutputIncomplete")
