// SPDX-License-Identifier: GPL-3.0-or-later
// The node peer of bench-bundle: times JSON.parse alone on the file it is given, so many times per line read.
'use strict';
const fs = require('fs');
const readline = require('readline');

const text = fs.readFileSync(process.argv[2], 'utf8');
let last = null;

readline.createInterface({ input: process.stdin }).on('line', line => {
  const [verb, count] = line.trim().split(' ');
  if (verb === 'version') {
    console.log(JSON.stringify({ version: process.version, entries: JSON.parse(text).entry.length }));
    return;
  }
  const ms = [];
  for (let i = 0; i < Number(count); i++) {
    const start = process.hrtime.bigint();
    last = JSON.parse(text);
    ms.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  console.log(JSON.stringify({ ms, entries: last.entry.length }));
});
