#!/usr/bin/env python3
"""Writes the man pages of lyre: man_pages.py PROGRAM DIRECTORY DATE

The content is what the program itself says of its commands (--experimental-dump-help of swift-argument-parser). That package's own
plug-in for man pages would build everything once more, names pages lyre.run.1, and leaves out characters that are not ASCII.
"""
import json
import os
import re
import subprocess
import sys


def escaped(text):
    """A text without anything that roff takes for a command."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def bold(text):
    return f"\\fB{escaped(text)}\\fR"


def emphasized(text):
    return f"\\fI{escaped(text)}\\fR"


def marked(text):
    """A sentence of the help, with the words between backticks in bold."""
    parts = text.split("`")
    return "".join(bold(part) if place % 2 else escaped(part) for place, part in enumerate(parts))


def value(argument):
    """The value of an option or an argument; options with two values have 'name> <value' for its name."""
    words = argument["valueName"].split("> <")
    return " ".join(emphasized(word) for word in words) + (" ..." if is_repeating_argument(argument) else "")


def is_repeating_argument(argument):
    return argument["kind"] == "positional" and argument["isRepeating"]


def title(argument):
    if argument["kind"] == "positional":
        return value(argument)
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument["names"]]
    names.sort(key=len)
    shown = ", ".join(bold(name) for name in names)
    return shown if argument["kind"] == "flag" else f"{shown} {value(argument)}"


def synopsis(names, command):
    words = [bold(" ".join(names))]
    if any(argument["kind"] != "positional" for argument in command["arguments"]):
        words.append("[" + emphasized("options") + "]")
    for argument in command["arguments"]:
        if argument["kind"] == "positional":
            words.append("[" + value(argument) + "]" if argument["isOptional"] else value(argument))
    if visible(command):
        words.append("[" + emphasized("command") + "]" if command.get("defaultSubcommand") else emphasized("command"))
    return " ".join(words)


def joined(arguments):
    """The arguments without hidden ones, and a flag together with the one that negates it."""
    result = []
    for argument in arguments:
        if not argument["shouldDisplay"]:
            continue
        last = result[-1] if result else None
        if last and last["kind"] == argument["kind"] == "flag" and last.get("abstract") == argument.get("abstract"):
            last["names"] = last["names"] + argument["names"]
        else:
            result.append(argument)
    return result


def visible(command):
    return [sub for sub in command.get("subcommands", []) if sub["shouldDisplay"] and sub["commandName"] != "help"]


def described(argument):
    text = marked(argument.get("abstract", ""))
    default = argument.get("defaultValue")
    if argument["kind"] == "option" and default not in (None, "") and "(default" not in text:
        text += f" (default: {escaped(default)})"
    return text


def paragraphs(discussion):
    """The text of a command's help: sections begin with a line in capitals, examples are indented."""
    lines = []
    is_verbatim = False
    for line in discussion.strip("\n").split("\n"):
        is_heading = re.fullmatch(r"[A-Z][A-Z ]+", line)
        is_indented = line.startswith("  ")
        if is_verbatim and not is_indented:
            lines.append(".fi")
            is_verbatim = False
        if is_heading:
            lines.append(f".SH {line}")
        elif is_indented:
            if not is_verbatim:
                lines.append(".nf")
                is_verbatim = True
            lines.append(escaped(line))
        elif line:
            lines.append(marked(line))
        else:
            lines.append(".PP")
    if is_verbatim:
        lines.append(".fi")
    while lines and lines[-1] == ".PP":
        lines.pop()
    return lines


def page(names, command, date, version):
    name = "-".join(names)
    lines = [
        f'.TH "{name.upper()}" "1" "{date}" "lyre {version}" "Lyre"', ".SH NAME",
        f"{escaped(name)} \\- {marked(command['abstract'].rstrip('.'))}", ".SH SYNOPSIS", synopsis(names, command)]
    if command.get("discussion"):
        text = paragraphs(command["discussion"])
        first = next((place for place, line in enumerate(text) if line.startswith(".SH")), len(text))
        lines += [".SH DESCRIPTION"] + text[:first] if first else []
        rest = text[first:]
    else:
        rest = []
    section = None
    for argument in sorted(joined(command["arguments"]), key=lambda argument: argument["kind"] != "positional"):
        heading = "ARGUMENTS" if argument["kind"] == "positional" else argument.get("sectionTitle", "Options").upper()
        if heading != section:
            lines.append(f'.SH "{heading}"')
            section = heading
        lines += [".TP", title(argument), described(argument)]
    subcommands = visible(command)
    if subcommands:
        lines.append(".SH COMMANDS")
        for sub in subcommands:
            lines += [".TP", f"{bold(name + '-' + sub['commandName'])}(1)", marked(sub["abstract"])]
    lines += rest
    lines.append(".SH SEE ALSO")
    others = [f"{bold('-'.join(names[:-1]))}(1)"] if len(names) > 1 else []
    others += [f"{bold(name + '-' + sub['commandName'])}(1)" for sub in subcommands]
    lines.append(", ".join(others) if others else bold("jupyter") + "(1)")
    return "\n".join(lines) + "\n"


def write(names, command, directory, date, version):
    command["arguments"] = [
        argument for argument in command.get("arguments", [])
        if not (argument["kind"] == "flag" and names[1:] and argument["names"][0]["name"] == "version")]
    with open(os.path.join(directory, "-".join(names) + ".1"), "w", encoding="utf-8") as file:
        file.write(page(names, command, date, version))
    for sub in visible(command):
        write([*names, sub["commandName"]], sub, directory, date, version)


def main():
    program, directory, date = sys.argv[1:]
    dump = subprocess.run([program, "--experimental-dump-help"], capture_output=True, check=True)
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    os.makedirs(directory, exist_ok=True)
    write(["lyre"], json.loads(dump.stdout)["command"], directory, date, version)


if __name__ == "__main__":
    main()
