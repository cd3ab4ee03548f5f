#!/usr/bin/env python3
"""Trains the tutorial's network with NumPy for many seeds, one after the other, and compares with the rows of repro sweep.

    python3 golden/oracle/sweep.py 0..99

The counts of correct answers must be the same, the losses agree to a relative 1e-9: NumPy adds up in another order.

Needs NumPy. Exit codes: 0 they agree; 1 they differ or could not be compared; 2 usage.
"""
import json
import shlex
import subprocess
import sys

import notebook  # beside this file; it says what to do where NumPy is missing

TOLERANCE = 1e-9


def main():
    if len(sys.argv) != 2:
        print("usage: sweep.py FIRST..LAST", file=sys.stderr)
        return 2
    words = shlex.split(notebook.GO_RUN) + ["sweep", "notebook", "--seeds", sys.argv[1], "--json"]
    done = subprocess.run(words, stdout=subprocess.PIPE, cwd=notebook.ROOT)
    if done.returncode:
        print(f"sweep.py: {shlex.join(words)}: exit status {done.returncode}", file=sys.stderr)
        return 2 if done.returncode == 2 else 1
    *rows, summary = [json.loads(line) for line in done.stdout.splitlines()]
    worst, other = 0.0, []
    for row in rows:
        correct, loss = numpy_row(row["seed"])
        theirs = float.fromhex(row["loss"])
        worst = max(worst, abs(theirs - loss) / loss)
        if correct != row["correct"]:
            other.append((row["seed"], correct, row["correct"]))
    print(f"NumPy {notebook.np.__version__}, {len(rows)} seeds; repro, kernel {summary['kernel']}, root {summary['root']}")
    for seed, ours, theirs in other:
        print(f"seed {seed}: NumPy has {ours} correct, repro {theirs}")
    print(f"correct    {len(rows) - len(other)} of {len(rows)} the same")
    print(f"loss       worst relative difference {worst:.3g}")
    same = rows and not other and worst <= TOLERANCE
    print("NumPy and repro agree" if same else "NumPy and repro DIFFER")
    return 0 if same else 1


def numpy_row(seed):
    """What NumPy gets with this seed: correct answers, and the mean over the samples of the sum of squared errors."""
    settings = notebook.tutorial()
    settings["seed"] = seed
    x, y, weights = notebook.train(settings)
    outputs = notebook.outputs(weights, x)
    off, on = settings["targets"]
    errors = notebook.np.where(notebook.np.arange(outputs.shape[1]) == y[:, None], on, off) - outputs
    return int((outputs.argmax(axis=1) == y).sum()), float((errors**2).sum(axis=1).mean())


if __name__ == "__main__":
    sys.exit(main())
