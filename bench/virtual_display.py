# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual display and a session bus for benchmarks of the window."""

import contextlib
import os
import shutil
import subprocess
import sys


@contextlib.contextmanager
def virtual_display():
    """Yields an environment for windows; ends the display afterwards."""
    if shutil.which("Xvfb") is None:
        print("virtual display: Xvfb is not installed, skipped")
        sys.exit(77)
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        number = pipe.readline().strip()
    env = dict(os.environ, DISPLAY=f":{number}", GDK_BACKEND="x11", GSK_RENDERER="cairo",
               GTK_A11Y="none", GSETTINGS_BACKEND="memory", NO_AT_BRIDGE="1")
    env.pop("WAYLAND_DISPLAY", None)
    try:
        yield env
    finally:
        server.terminate()
        server.wait()
