#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Takes every picture on a virtual display. usage: screenshots.sh PROGRAM DIRECTORY [LANGUAGE]
set -eu
# Without GL: pictures are drawn by cairo, and a driver that is unloaded hides its leaks from the sanitizer.
export GSK_RENDERER=cairo GDK_BACKEND=x11 GDK_DEBUG=gl-disable GTK_A11Y=none GSETTINGS_BACKEND=memory
export LC_ALL=C.UTF-8 TZ=UTC NO_AT_BRIDGE=1
if [ -n "${DISPLAY:-}" ] && [ -z "${TW_OWN_DISPLAY:-}" ]; then
  exec "$@"
fi
command -v xvfb-run >/dev/null 2>&1 || { echo "1..0 # SKIP xvfb-run is not here"; exit 0; }
exec xvfb-run -a -s "-screen 0 1600x1200x24" "$@"
