#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of bedside monitors a second, end to end: MLLP in, durable commit, acknowledgement out.

usage: bench-mllp.py GATEWAY [SECONDS]

Each of 1, 16 and 48 connections sends the next message when the one before it is acknowledged, as monitors do.
"""

import datetime
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 5.0
VITALS = ["147842^MDC_ECG_HEART_RATE^MDC||{}|264864^^MDC", "150033^MDC_PRESS_BLD_ART_SYS^MDC||112|266016^^MDC",
          "150034^MDC_PRESS_BLD_ART_DIA^MDC||76|266016^^MDC", "150035^MDC_PRESS_BLD_ART_MEAN^MDC||88|266016^^MDC",
          "150456^MDC_PULS_OXIM_SAT_O2^MDC||97|262688^^MDC", "151562^MDC_RESP_RATE^MDC||18|264928^^MDC",
          "150344^MDC_TEMP^MDC||37.1|268192^^MDC"]


def message(monitor, number, begin):
    time_text = (begin + datetime.timedelta(seconds=number)).strftime("%Y%m%d%H%M%S+0000")
    lines = [f"MSH|^~\\&|M{monitor}|B|||{time_text}||ORU^R01^ORU_R01|{number}|P|2.6", f"PID|||B{monitor}",
             f"PV1||I|W^^{monitor}", f"OBR|1||||||{time_text}"]
    lines += [f"OBX|{i}|NM|{vital.format(60 + number % 40)}|||||R" for i, vital in enumerate(VITALS, 1)]
    return b"\x0b" + "\r".join(lines).encode() + b"\r\x1c\r"


def run(port, n, begin):
    select = selectors.DefaultSelector()
    sent, acks = [0] * n, []
    began = [0.0] * n
    for i in range(n):
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        select.register(line, selectors.EVENT_READ, i)
        began[i] = time.perf_counter()
        line.sendall(message(f"{n}x{i}", 0, begin))
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        for key, _ in select.select(0.1):
            i = key.data
            answer = key.fileobj.recv(4096)
            assert b"MSA|AA|" in answer, answer
            now = time.perf_counter()
            acks.append(now - began[i])
            sent[i] += 1
            began[i] = now
            key.fileobj.sendall(message(f"{n}x{i}", sent[i], begin))
    acks.sort()
    print(f"{n:3d} connections: {len(acks) / SECONDS:7.0f} messages/s, {7 * len(acks) / SECONDS:8.0f} values/s,"
          f" acknowledged in {1e3 * acks[len(acks) // 2]:.1f} ms (median), {1e3 * acks[int(len(acks) * .99)]:.1f} ms"
          " (99 %)")
    for key in list(select.get_map().values()):
        key.fileobj.close()


def main():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=12)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        gateway = subprocess.Popen([sys.argv[1], "--embedded", "--mllp", str(port), "--store", f"{folder}/ward.db"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        gateway.stdout.readline()
        for n in (1, 16, 48):
            run(port, n, begin)
        gateway.stdin.close()
        gateway.wait()


if __name__ == "__main__":
    main()
