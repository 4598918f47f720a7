#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs as they were linked: position independent, relocations read-only from the start, no executable stack,
stack protector, and (where the build optimises) the checked functions of the C library.

usage: hardening.py --fortified|--plain PROGRAM...
"""

import re
import shutil
import subprocess
import sys


def read(program, *options):
    return subprocess.run(["readelf", "-W", *options, program], check=True, capture_output=True, text=True).stdout


def problems_of(program, fortified):
    header, segments = read(program, "-h"), read(program, "-l")
    dynamic, symbols = read(program, "-d"), read(program, "--dyn-syms")
    stack = re.search(r"GNU_STACK\s.*", segments)
    wanted = {
        "is not position independent": re.search(r"Type:\s+DYN", header) and "PIE" in dynamic,
        "has no read-only relocations": "GNU_RELRO" in segments,
        "binds its functions late": re.search(r"BIND_NOW|Flags:.*\bNOW\b", dynamic),
        "has an executable stack": stack and not re.search(r"\bRWE\b", stack.group()),
        "has text relocations": "TEXTREL" not in dynamic,
        "has a library path of its own": not re.search(r"\(R(UN)?PATH\)", dynamic),
        "has no stack protector": "__stack_chk_fail" in symbols,
    }
    if fortified:
        wanted["calls no checked function"] = re.search(r"__\w+_chk\b(?<!__stack_chk)", symbols)
    return [words for words, holds in wanted.items() if not holds]


def main():
    mode, *programs = sys.argv[1:]
    if shutil.which("readelf") is None:
        print("1..0 # SKIP readelf is not here (binutils)")
        return 0
    print(f"1..{len(programs)}")
    failed = 0
    for number, program in enumerate(programs, 1):
        problems = problems_of(program, mode == "--fortified")
        name = program.rsplit("/", 1)[-1]
        print(f"{'not ok' if problems else 'ok'} {number} - {name} {', '.join(problems) or 'is hardened'}")
        failed += bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
