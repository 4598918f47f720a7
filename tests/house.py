#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house: who may include what, how long files and functions may be."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

# A room, and the rooms that it may use. The compiler holds the same line by dependencies.
ROOMS = {
    "core/model": [],
    "core/clean": ["core/model"],
    "core/analysis": ["core/clean", "core/model"],
    "core/twin": ["core/analysis", "core/clean", "core/model"],
    "core/risk": ["core/twin", "core/analysis", "core/clean", "core/model"],
    "io/wire": ["core/model"],
    "io/net": ["core/model"],
    "io/access": ["io/wire", "io/net", "core/model"],
    "io/store": ["core/model"],
    "io/source": ["io/wire", "io/net", "io/store", "core/model"],
    "session": ["core/model", "core/clean", "core/analysis", "core/twin", "core/risk",
                "io/wire", "io/net", "io/access", "io/store", "io/source"],
    "plot": ["core/model"],
    "app": ["session", "plot", "core/model"],
    "cli": ["session", "plot", "core/model"],
    "gateway": ["io/wire", "io/net", "io/store", "io/source", "core/clean", "core/model"],
}

# A vendor's headers, and the rooms (or programs' main files) that own them.
VENDORS = {
    r"^(gtk|gdk|gsk)/|^adwaita\.h": ["app"],
    r"^plplot": ["plot"],
    r"^cairo": ["plot", "app"],
    r"^curl/": ["io/net"],
    r"^simdjson": ["io/wire"],
    r"^json-glib/": ["io/wire", "cli"],
    r"^gsl/": ["core/analysis", "core/twin"],
    r"^sqlite3": ["io/store"],
    r"^sodium": ["io/store"],
    r"^libsecret/": ["io/net"],
    r"^libsoup/": ["gateway"],
    r"^gio/": ["io/net", "io/access", "io/store", "io/source", "session", "app", "cli", "gateway"],
}
# Programs' main files install library guards.
MAIN_MAY = {r"^gsl/", r"^gio/", r"^(gtk|gdk|gsk)/|^adwaita\.h"}

FILE_WALL = 800
FUNCTION_WALL = 80

EXCEPTIONS: list[str] = []  # stays empty

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]', re.M)


def room_of(path):
    relative = path.relative_to(SRC).as_posix()
    for room in ROOMS:
        if relative.startswith(room + "/"):
            return room
    return None


def check_includes(path, owners, problems):
    room = room_of(path)
    for _, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        for pattern, allowed in VENDORS.items():
            if re.search(pattern, name) and room not in allowed:
                if path.name == "main.c" and pattern in MAIN_MAY:
                    continue
                problems.append(f"{path.relative_to(ROOT)} includes <{name}>, which {allowed} own")
        owner = owners.get(name)
        if owner is None or room is None or owner == room:
            continue
        if owner not in ROOMS[room]:
            problems.append(f"{path.relative_to(ROOT)}: {room} may not use {owner} ({name})")


def functions_of(text):
    """Yields (name, first line, length in lines) of the functions of one GNU-style C file."""
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            head = start - 1
            while head > 0 and not re.match(r"^[A-Za-z_]\w* ?\(", lines[head]):
                head -= 1
            yield lines[head].split("(")[0].strip(), start + 1, number - start - 1
            start = None


def check_sizes(path, problems):
    text = path.read_text(encoding="utf-8")
    count = text.count("\n")
    if count > FILE_WALL:
        problems.append(f"{path.relative_to(ROOT)}: {count} lines, the wall is {FILE_WALL}")
    if path.suffix == ".h":
        return
    for name, line, length in functions_of(text):
        if length > FUNCTION_WALL:
            problems.append(f"{path.relative_to(ROOT)}:{line}: {name} has {length} lines,"
                            f" the wall is {FUNCTION_WALL}")


def check_form(path, problems):
    text = path.read_text(encoding="utf-8")
    relative = path.relative_to(ROOT)
    if not text.startswith("/* SPDX-License-Identifier: GPL-3.0-or-later */"):
        problems.append(f"{relative}: does not begin with the licence tag")
    if re.search(r"\b(TODO|FIXME|XXX)\b", text):
        problems.append(f"{relative}: a note to do something later has no place in the code")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > 110:
            problems.append(f"{relative}:{number}: {len(line)} columns")
        if "\t" in line:
            problems.append(f"{relative}:{number}: a tab")
    if path.suffix == ".c" and '#include "config.h"' not in text:
        problems.append(f"{relative}: does not include config.h")


def check_built(files, problems):
    """Every source file is in a build list; every file in a test folder is built."""
    listed = "\n".join(p.read_text(encoding="utf-8") for p in ROOT.glob("src/**/meson.build"))
    for path in files:
        if path.suffix in (".c", ".cc") and path.name not in listed:
            problems.append(f"{path.relative_to(ROOT)}: in no build list")
    for folder in ("tests", "bench"):
        listed = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / folder).glob("**/meson.build"))
        for path in (ROOT / folder).glob("**/*.c"):
            if path.stem not in listed and path.stem.removeprefix("test-") not in listed:
                problems.append(f"{path.relative_to(ROOT)}: in no build list")


def self_check(problems):
    """The check itself must be able to fail."""
    sample = "static int\nlong_one (void)\n{\n" + "  x ();\n" * (FUNCTION_WALL + 1) + "}\n"
    found = list(functions_of(sample))
    if found != [("long_one", 3, FUNCTION_WALL + 1)]:
        problems.append(f"the function counter is broken: {found}")


def main():
    problems = []
    files = sorted(p for p in SRC.glob("**/*") if p.suffix in (".c", ".h", ".cc"))
    owners = {p.name: room_of(p) for p in files if p.suffix == ".h"}
    self_check(problems)
    for path in files:
        check_includes(path, owners, problems)
        check_sizes(path, problems)
        check_form(path, problems)
    for path in sorted((ROOT / "tests").glob("**/*.c")) + sorted((ROOT / "bench").glob("**/*.c")):
        check_sizes(path, problems)
    check_built(files, problems)
    problems = [p for p in problems if not any(e in p for e in EXCEPTIONS)]
    print("1..1")
    for problem in problems:
        print(f"# {problem}")
    print(f"{'not ok' if problems else 'ok'} 1 - the house: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
