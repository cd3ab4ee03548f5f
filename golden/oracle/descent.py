#!/usr/bin/env python3
"""Trains built-in experiments on digits or MNIST with NumPy and compares loss and accuracy with what repro computes.

    python3 golden/oracle/descent.py digits-batch mnist

It knows experiments in float64 on digits or IDX files: online in sequential order, or in full batches. NumPy adds up in
another order than the contract of Samebits, so losses agree to --tolerance, not to the bit; the counts of correct
answers must be the same. MNIST is looked for in --data or SAMEBITS_DATA, and passed over, loudly, when it is not there.

Needs NumPy and Python 3.11. Exit codes: 0 they agree; 1 they differ or could not be compared; 2 usage.
"""
import argparse
import gzip
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tomllib

try:
    import numpy as np
except ImportError:
    remedy = "apt-get install python3-numpy (for /usr/bin/python3) or pip install numpy"
    print(f"{sys.executable} has no NumPy: {remedy}", file=sys.stderr)
    sys.exit(2)

ROOT = pathlib.Path(__file__).resolve().parents[2]


class NoData(Exception):
    """Files that are not there."""


def main():
    args = arguments()
    folder = args.data or os.environ.get("SAMEBITS_DATA") or ""
    agree, compared = True, 0
    for name in args.experiments:
        with open(ROOT / "golden" / f"{name}.toml", "rb") as file:
            experiment = tomllib.load(file)
        try:
            train, test = samples(experiment["data"], pathlib.Path(folder))
        except NoData as err:
            print(f"{name}: NOT COMPARED, no data: {err}")
            continue
        agree = report(name, trained(experiment, train, test), repro(args.repro, name, folder), args.tolerance) and agree
        compared += 1
    print(f"{compared} of {len(args.experiments)} experiments compared: NumPy and repro {'agree' if agree else 'DIFFER'}")
    return 0 if agree and compared else 1


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("experiments", nargs="+", metavar="EXPERIMENT", help="a built-in experiment")
    p.add_argument("--repro", default="go run ./cmd/repro", metavar="CMD", help="the command (default: %(default)s)")
    p.add_argument("--data", metavar="DIR", help="folder of MNIST's files (default: SAMEBITS_DATA)")
    p.add_argument("--tolerance", type=float, default=1e-6, help="largest relative difference of a loss (default: 1e-6)")
    return p.parse_args()


# Data


def samples(data, folder):
    """Both parts of the data, scaled: pairs of samples, one a row, and labels."""
    if data["source"] == "digits":
        table = np.loadtxt(ROOT / "dataset" / "digits.csv.gz", delimiter=",")
        x, labels, largest = table[:, :-1], table[:, -1].astype(int), 16.0
    else:
        images, names = (folder / file for file in data["train"])
        if not (images.is_file() and names.is_file()):
            raise NoData(f"{images}, {names}")
        x, labels, largest = idx(images), idx(names).astype(int), 255.0
        x = x.reshape(len(labels), -1).astype(float)
    low, high = data["scale"]
    x = x / largest * (high - low) + low
    test = data["test"]
    cut = len(x) - (test if isinstance(test, int) else int(np.floor(len(x) * test + 0.5)))
    return (x[:cut], labels[:cut]), (x[cut:], labels[cut:])


def idx(path):
    """The bytes of an IDX file, in its shape."""
    raw = gzip.decompress(path.read_bytes())
    dimensions = raw[3]
    shape = np.frombuffer(raw, ">u4", dimensions, 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


# NumPy's side

ACTIVATIONS = {  # value, and slope in terms of the value
    "sigmoid": (lambda z: 1.0 / (1.0 + np.exp(-z)), lambda y: y * (1.0 - y)),
    "tanh": (np.tanh, lambda y: 1.0 - y * y),
    "relu": (lambda z: np.where(z > 0.0, z, 0.0), lambda y: (y > 0.0).astype(float)),
    "identity": (lambda z: z, np.ones_like),
}


def trained(e, train, test):
    """Loss and right answers of both parts after the training."""
    assert e["dtype"] == "float64", "the oracle trains in float64"
    network = Network(e)
    t = e["train"]
    x, labels = train
    targets = np.where(np.arange(network.sizes[-1]) == labels[:, None], t["targets"][1], t["targets"][0])
    if t["method"] == "online":
        assert t["order"] == "sequential", "the oracle takes samples as they lie"
        for step in range(t.get("steps") or t["epochs"] * len(x)):
            i = step % len(x)
            network.learn(x[i : i + 1], targets[i : i + 1])
    else:
        assert t["method"] == "batch", "the oracle knows the methods online and batch"
        for _ in range(t["steps"]):
            network.learn(x, targets)
    return [network.score(*part, t["targets"]) for part in (train, test)]


class Network:
    """Layers of weights [output][input], drawn as Samebits does."""

    def __init__(self, e):
        self.sizes = e["model"]["layers"]
        names = e["model"]["activation"]
        layers = len(self.sizes) - 1
        self.activations = [ACTIVATIONS[n] for n in ([names] * layers if isinstance(names, str) else names)]
        random = np.random.RandomState(e["seed"])
        self.weights = [random.normal(0.0, 1.0 / np.sqrt(n), (m, n)) for n, m in zip(self.sizes, self.sizes[1:])]
        self.biases = [np.zeros(m) for m in self.sizes[1:]] if e["model"]["bias"] else None
        self.rate, self.raw = e["train"]["rate"], e["train"]["rule"] == "notebook"

    def outputs(self, x):
        """All layers' outputs, the samples first."""
        y = [x]
        for i, (w, (f, _)) in enumerate(zip(self.weights, self.activations)):
            z = y[-1] @ w.T
            y.append(f(z if self.biases is None else z + self.biases[i]))
        return y

    def learn(self, x, targets):
        """One step on these samples."""
        y = self.outputs(x)
        error = targets - y[-1]
        for i in reversed(range(len(self.weights))):
            delta = error * self.activations[i][1](y[i + 1])
            error = (error if self.raw else delta) @ self.weights[i]
            self.weights[i] += self.rate / len(x) * (delta.T @ y[i])
            if self.biases is not None:
                self.biases[i] += self.rate / len(x) * delta.sum(axis=0)

    def score(self, x, labels, targets):
        """Mean of the summed squared errors, and right answers."""
        y = self.outputs(x)[-1]
        wanted = np.where(np.arange(y.shape[1]) == labels[:, None], targets[1], targets[0])
        return ((wanted - y) ** 2).sum(axis=1).mean(), int((y.argmax(axis=1) == labels).sum()), len(x)


# repro's side, and the comparison


def repro(command, name, folder):
    """What `repro run NAME --json` printed."""
    words = shlex.split(command) + ["run", name, "--json"] + (["--data", os.path.abspath(folder)] if folder else [])
    done = subprocess.run(words, stdout=subprocess.PIPE, cwd=ROOT)
    if done.returncode:
        sys.exit(f"{shlex.join(words)}: exit status {done.returncode}")
    run = json.loads(done.stdout)
    return [(float.fromhex(part["loss"]), part["correct"], part["total"]) for part in (run, run["test"])]


def report(name, ours, theirs, tolerance):
    """Prints both sides; tells whether they agree."""
    agree = True
    for part, (loss, correct, total), (loss2, correct2, total2) in zip(("training", "test"), ours, theirs):
        difference = abs(loss - loss2) / loss
        good = difference <= tolerance and (correct, total) == (correct2, total2)
        agree = agree and good
        print(f"{name}, {part} data: {'agree' if good else 'DIFFER'}, loss by {difference:.2g} of itself")
        print(f"  NumPy {np.__version__}  loss {loss!r}, {correct} of {total} correct")
        print(f"  repro         loss {loss2!r}, {correct2} of {total2} correct")
    return agree


if __name__ == "__main__":
    sys.exit(main())
