#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the named distribution packages that are missing, and says what and why.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "This is not Debian or a relative of it. Please install what these packages hold:"
  echo "  $*"
  exit 0
fi

missing=""
for package in "$@"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Twinward needs these packages of the distribution to build, run and test:"
echo " $missing"
sudo=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "Please run as root:  apt-get install$missing"
    exit 1
  fi
  echo "Installing them asks for your password."
  sudo=sudo
fi
$sudo apt-get update -q
# shellcheck disable=SC2086 # a list of words is meant
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
