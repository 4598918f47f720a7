#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The catalogue is complete: every message of the sources is in it, none is fuzzy or untranslated.
# usage: catalogue.sh MSGFMT PO_FOLDER SOURCE_ROOT
set -eu
msgfmt=$1 po=$2 root=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C "$msgfmt" --check --statistics -o /dev/null "$po/zh_CN.po" 2>"$work/statistics"
cat "$work/statistics"
if grep -Eq 'fuzzy|untranslated' "$work/statistics"; then
  echo "po/zh_CN.po has messages that are not translated."
  exit 1
fi
while read -r file; do
  [ -f "$root/$file" ] || { echo "po/POTFILES names $file, which is not there."; exit 1; }
done <"$po/POTFILES"
for file in $(cd "$root" && grep -rlE '(^|[^A-Za-z_])((_|N_|C_) ?\("|g_dngettext \()' src --include=*.c --include=*.cc) \
            $(cd "$root" && ls ui/*.ui); do
  grep -qx "$file" "$po/POTFILES" || { echo "$file is not in po/POTFILES."; exit 1; }
done
command -v xgettext >/dev/null 2>&1 || exit 0
cd "$root"
xgettext --files-from="$po/POTFILES" --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=C_:1c,2 \
  --keyword=NC_:1c,2 --keyword=g_dcgettext:2 --keyword=g_dngettext:2,3 --keyword=g_dpgettext2:2c,3 \
  -o "$work/now.pot" 2>/dev/null
msgcmp "$po/zh_CN.po" "$work/now.pot"
