"""Parameters as YAML, in which they are handed to the program."""

from __future__ import annotations

import json
import math
import numbers
import re
from typing import Any, Mapping

#: Characters that JSON leaves as they are and YAML does not allow.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def yaml_of(parameters: Mapping[str, Any]) -> str:
    """The text of a file for `lyre run --parameters-file`: a line for each parameter, with its value as flow YAML.

    Raises TypeError, which names the parameter, for a value that is not a text, a number, None, or made of those.
    """
    lines = []
    for name, value in parameters.items():
        if not isinstance(name, str):
            raise TypeError(f"parameters: the name {name!r} is not a text")
        lines.append(f"{_text(name)}: {_value(name, value)}\n")
    return "".join(lines)


def _text(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text, ensure_ascii=False))


def _value(name: str, value: Any) -> str:
    if value is None or isinstance(value, (bool, str)):
        return _text(value) if isinstance(value, str) else json.dumps(value)
    if isinstance(value, numbers.Integral):  # also those of NumPy
        return str(int(value))
    if isinstance(value, numbers.Real):
        number = float(value)
        if math.isfinite(number):
            return repr(number)
        return ".nan" if math.isnan(number) else ".inf" if number > 0 else "-.inf"
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError(f"parameters: '{name}' has a dictionary with keys that are not texts")
        return "{" + ", ".join(f"{_text(key)}: {_value(name, item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(name, item) for item in value) + "]"
    raise TypeError(
        f"parameters: '{name}' is or has a {type(value).__name__}; "
        "use texts, numbers, booleans, None, and lists and dictionaries of them"
    )
