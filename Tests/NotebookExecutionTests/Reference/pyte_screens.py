"""Compares two texts on a terminal, with the terminal emulator pyte.

Each line of the input is a JSON object with text and shown, and the rows and columns of the terminal. Each line of
the output is "same", or both screens.
"""

import json
import sys

import pyte
from pyte.screens import Char


def without_colour(name):
    # Lyre erases to nothing, and not to the background colour; terminals differ here.
    method = getattr(pyte.HistoryScreen, name)

    def wrapped(self, *arguments, **options):
        attributes = self.cursor.attrs
        self.cursor.attrs = self.default_char
        for row in range(self.lines):
            self.buffer[row]  # Creates missing rows, so that pyte does not move the rows above them.
        method(self, *arguments, **options)
        self.cursor.attrs = attributes

    return wrapped


class Screen(pyte.HistoryScreen):
    erase_in_line = without_colour("erase_in_line")
    erase_in_display = without_colour("erase_in_display")
    erase_characters = without_colour("erase_characters")
    delete_lines = without_colour("delete_lines")
    insert_lines = without_colour("insert_lines")


BLANK = Char(" ")


def cells(line):
    """The cells of a row; the rest of a split wide character is blank, as on other terminals."""
    row = [line[column] for column in range(max(line, default=-1) + 1)]
    for column, cell in enumerate(row):
        is_wide = pyte.screens.wcwidth(cell.data[:1] or " ") == 2
        if is_wide and (column + 1 == len(row) or row[column + 1].data != ""):
            row[column] = BLANK
        if cell.data == "" and (column == 0 or pyte.screens.wcwidth(row[column - 1].data[:1] or " ") != 2):
            row[column] = BLANK
    while row and row[-1] == BLANK:
        row.pop()
    return [tuple(cell) for cell in row]


def shown(text, rows, columns):
    screen = Screen(columns, rows, history=1_000_000)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(text)
    lines = [cells(line) for line in screen.history.top]
    lines += [cells(screen.buffer[row]) for row in range(rows)]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def words(lines):
    return ["".join(cell[0] for cell in line) for line in lines]


for line in sys.stdin:
    case = json.loads(line)
    one, other = (shown(case[name], case["rows"], case["columns"]) for name in ("text", "shown"))
    if one == other:
        print("same")
    else:
        pair = next((pair for pair in zip(one, other) if pair[0] != pair[1]), None)
        print(json.dumps({"terminal": words(one), "lyre": words(other), "first": pair, "case": case}))
