"""The rows, in the order in which their families are imported."""
from collections import namedtuple

Row = namedtuple("Row", "name title family body slow alone known")
rows = []


def row(name, title, slow=False, alone=False, known=None):
    """Registers a row. `slow`: skipped by --quick; `alone`: runs alone; `known`: why it is a known limit."""
    def register(body):
        if any(other.name == name for other in rows):
            raise ValueError(f"two rows are called {name}")
        rows.append(Row(name, title, body.__module__.rsplit(".", 1)[-1], body, slow, alone, known))
        return body
    return register
