#!/usr/bin/env python3
"""Runs commands in turn (A B C A B C …) and prints what each costs beside the first.

    benches/pair.py [-n ROUNDS] [--corpus FOLDER] [--timeout SECONDS] 'name=command' 'name=VARIABLE=value command' …

CPU is what the system accounted to each finished process, user and system; MB/s is the corpus over its median, so that a
second thread does not change what it means. The last column is the median of the ratios to the first command in the same
round, which a machine that is busy at times leaves alone. Output goes to a file: some tools stop early when it goes nowhere.
"""
import argparse
import os
import pathlib
import shlex
import statistics
import subprocess
import tempfile
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("-n", type=int, default=5)
arguments.add_argument("--corpus", type=pathlib.Path)
arguments.add_argument("--timeout", type=float, default=300)
arguments.add_argument("commands", nargs="+")
options = arguments.parse_args()
megabytes = sum(f.stat().st_size for f in options.corpus.rglob("*") if f.is_file()) / 1e6 if options.corpus else 0


def run(command):
    """CPU and wall seconds, peak MiB; none when it takes too long."""
    words, environment = shlex.split(command), dict(os.environ)
    while "=" in words[0].split("/")[0]:
        name, value = words.pop(0).split("=", 1)
        environment[name] = value
    with tempfile.TemporaryFile() as out:
        start = time.monotonic()
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment)
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return used.ru_utime + used.ru_stime, time.monotonic() - start, used.ru_maxrss / 1024
            if time.monotonic() - start > options.timeout:
                process.kill()
                process.wait()
                return None
            time.sleep(0.0005)


commands = dict(command.split("=", 1) for command in options.commands)
runs = {name: [] for name in commands if run(commands[name])}
for _ in range(options.n):
    for name, done in runs.items():
        done.append(run(commands[name]))
first = next(iter(runs.values()), [])
print(f"{'command':28} {'CPU s':>9} {'wall s':>9} {'peak MiB':>9} {'MB/s/core':>10} {'x first':>9}")
for name in commands:
    done = runs.get(name)
    if not done or None in done:
        print(f"{name:28} more than {options.timeout:.0f} s")
        continue
    cpu, wall = (statistics.median(r[i] for r in done) for i in (0, 1))
    ratio = statistics.median(own[0] / max(other[0], 1e-9) for own, other in zip(done, first))
    rate = f"{megabytes / cpu:10.1f}" if megabytes else f"{'':10}"
    print(f"{name:28} {cpu:9.4f} {wall:9.4f} {max(r[2] for r in done):9.1f} {rate} {ratio:9.2f}", flush=True)
