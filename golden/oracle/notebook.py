#!/usr/bin/env python3
"""Trains the tutorial's network with NumPy, as the tutorial does, and compares it with what repro computes.

    python3 golden/oracle/notebook.py
    python3 golden/oracle/notebook.py --repro bin/repro -S seed=7 -S model.layers=[2,5,2] -S train.steps=700

Needs NumPy. RandomState's stream is frozen (NEP 19), so both sides draw the same numbers: the data class by
class, the weights layer by layer, then one index a step. NumPy adds up in another order than the
contract of Samebits, so the weights agree to --tolerance, not to the bit; the count of correct answers must
be the same.

Exit codes: 0 they agree; 1 they differ or could not be compared; 2 usage.
"""
import argparse
import ast
import json
import math
import pathlib
import re
import shlex
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    remedy = "apt-get install python3-numpy (for /usr/bin/python3) or pip install numpy"
    print(f"{sys.executable} has no NumPy: {remedy}", file=sys.stderr)
    sys.exit(2)

ROOT = pathlib.Path(__file__).resolve().parents[2]
GO_RUN = "go run ./cmd/repro"


class UsageError(Exception):
    """What the caller asked for makes no sense here."""


class NoComparison(Exception):
    """repro gave nothing that could be compared."""


def main():
    args = arguments()
    try:
        settings = overridden(tutorial(), args.settings)
        run = repro(args.repro, args.settings)
        theirs = weights_of(run, settings["layers"])
        same = report(settings, run, train(settings), theirs, args.tolerance)
    except UsageError as err:
        print(f"notebook.py: {err}", file=sys.stderr)
        return 2
    except NoComparison as err:
        print(f"notebook.py: {err}", file=sys.stderr)
        return 1
    print("NumPy and repro agree" if same else "NumPy and repro DIFFER")
    return 0 if same else 1


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--repro", default=GO_RUN, metavar="CMD", help=f"the command (default: {GO_RUN})")
    p.add_argument("-S", dest="settings", action="append", default=[], metavar="KEY=VALUE",
                   help="a setting, for both sides; may be repeated")
    p.add_argument("--tolerance", type=float, default=1e-9,
                   help="largest relative difference of a weight (default: 1e-9)")
    return p.parse_args()


# Settings


def tutorial():
    """What the tutorial trains."""
    cov = [[1.0, 0.75], [0.75, 1.0]]
    return {
        "seed": 104729,
        "classes": [{"n": 500, "mean": [0.0, 0.0], "cov": cov}, {"n": 500, "mean": [5.0, 5.0], "cov": cov}],
        "layers": [2, 2, 2],
        "steps": 1000,
        "rate": 0.1,
        "targets": [0.01, 0.99],
    }


def overridden(settings, overrides):
    """Settings with each "key=value" put in its place."""
    names = {
        "seed": "seed",
        "model.layers": "layers",
        "train.steps": "steps",
        "train.rate": "rate",
        "train.targets": "targets",
    }
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals:
            raise UsageError(f"-S {override}: want KEY=VALUE")
        try:
            value = ast.literal_eval(text.strip())
        except (ValueError, SyntaxError):
            raise UsageError(f"-S {override}: neither a number nor a list of numbers") from None
        of_class = re.fullmatch(r"data\.classes\.([0-9]+)\.(n|mean|cov)", key)
        if key in names:
            settings[names[key]] = value
        elif of_class and int(of_class[1]) < len(settings["classes"]):
            settings["classes"][int(of_class[1])][of_class[2]] = value
        else:
            raise UsageError(f"-S {override}: the oracle knows {', '.join(names)} and data.classes.[01].{{n,mean,cov}}")
    check(settings)
    return settings


def check(s):
    """Raises UsageError for settings that make no network."""
    mean = s["classes"][0]["mean"]
    inputs = len(mean) if is_list(mean) else 0
    demand(is_whole(s["seed"], 0) and s["seed"] < 2**32, "seed: want a whole number from 0 to 2^32-1")
    for i, c in enumerate(s["classes"]):
        key = f"data.classes.{i}"
        demand(is_whole(c["n"], 1), f"{key}.n: want a whole number above 0")
        demand(inputs and is_vector(c["mean"], inputs), f"{key}.mean: want a list of numbers, as long for every class")
        demand(is_matrix(c["cov"], inputs), f"{key}.cov: want a square matrix as wide as the mean")
    layers = s["layers"]
    whole = is_list(layers) and len(layers) > 1 and all(is_whole(n, 1) for n in layers)
    demand(whole, "model.layers: want two or more whole numbers above 0")
    ends = f"{inputs} (the length of the means) and {len(s['classes'])} (the classes)"
    demand((layers[0], layers[-1]) == (inputs, len(s["classes"])), f"model.layers: the ends must be {ends}")
    demand(is_whole(s["steps"], 0), "train.steps: want a whole number, not negative")
    demand(is_number(s["rate"]), "train.rate: want a number")
    demand(is_vector(s["targets"], 2), "train.targets: want two numbers, the wrong outputs' and the right one's")


def demand(good, otherwise):
    if not good:
        raise UsageError(otherwise)


def is_list(v):
    return isinstance(v, (list, tuple))


def is_whole(v, least):
    return isinstance(v, int) and not isinstance(v, bool) and v >= least


def is_number(v):
    return isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v)


def is_vector(v, length):
    return is_list(v) and len(v) == length and all(is_number(x) for x in v)


def is_matrix(v, width):
    return is_list(v) and len(v) == width and all(is_vector(row, width) for row in v)


# NumPy's side


def train(s):
    """The tutorial's training. Gives the data (x, y) and the final weights, a matrix [output][input] a layer."""
    random = np.random.RandomState(s["seed"])
    x, y = clouds(random, s["classes"])
    weights = [random.normal(0.0, 1.0 / np.sqrt(n), (m, n)) for n, m in zip(s["layers"], s["layers"][1:])]
    off, on = s["targets"]
    targets = np.where(np.eye(len(s["classes"]), dtype=bool), on, off)
    for _ in range(s["steps"]):
        i = random.randint(len(x))
        learn(weights, x[i], targets[y[i]], s["rate"])
    return x, y, weights


def clouds(random, classes):
    """The samples class by class, one a row, and their labels."""
    x = [random.multivariate_normal(c["mean"], c["cov"], c["n"]) for c in classes]
    return np.concatenate(x), np.repeat(np.arange(len(classes)), [c["n"] for c in classes])


def learn(weights, x, target, rate):
    """One step of online descent, in place. As in the tutorial a layer sends back its raw error, not its
    delta, through the weights it had before their update."""
    y = [x]
    for w in weights:
        y.append(sigmoid(w @ y[-1]))
    error = target - y[-1]
    for layer in reversed(range(len(weights))):
        sent_back = weights[layer].T @ error
        delta = error * y[layer + 1] * (1.0 - y[layer + 1])
        weights[layer] += rate * np.outer(delta, y[layer])
        error = sent_back


def outputs(weights, x):
    """The network's outputs for samples x, one a row."""
    for w in weights:
        x = sigmoid(x @ w.T)
    return x


def sigmoid(z):
    with np.errstate(over="ignore"):  # exp(-z) = inf gives 0, as it should
        return 1.0 / (1.0 + np.exp(-z))


# repro's side


def repro(command, overrides):
    """What `repro run notebook --json` printed, with the overrides passed on."""
    words = shlex.split(command) + ["run", "notebook", "--json"]
    for override in overrides:
        words += ["-S", override]
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, cwd=ROOT if command == GO_RUN else None)
    except OSError as err:
        raise UsageError(f"--repro: {err}") from None
    if done.returncode:
        failed = f"{shlex.join(words)}: exit status {done.returncode}"
        raise UsageError(failed) if done.returncode == 2 else NoComparison(failed)
    try:
        return json.loads(done.stdout)
    except ValueError as err:
        raise NoComparison(f"{shlex.join(words)}: not JSON: {err}") from None


def weights_of(run, layers):
    """The weights in repro's JSON, checked to have the shapes of these layers."""
    try:
        if run["schema"] != "samebits/run/1":
            raise NoComparison(f"repro's JSON has schema {run['schema']}, not samebits/run/1")
        if any(run.get("biases") or []):
            raise NoComparison("repro trained biases; the tutorial's network has none")
        weights = [np.array([[float.fromhex(v) for v in row] for row in layer]) for layer in run["weights"]]
        run["correct"], run["total"]
    except (KeyError, TypeError, ValueError) as err:
        raise NoComparison(f"repro's JSON is not as described: {err!r}") from None
    got, want = [w.shape for w in weights], [(m, n) for n, m in zip(layers, layers[1:])]
    if got != want:
        raise NoComparison(f"repro's weights have shapes {got}, not {want}")
    return weights


# The comparison


def report(s, run, trained, theirs, tolerance):
    """Prints both sides; tells whether they agree."""
    x, y, ours = trained
    correct = int((outputs(ours, x).argmax(axis=1) == y).sum())
    same_count = (run["correct"], run["total"]) == (correct, len(x))
    difference, where = worst(ours, theirs)
    close = difference <= tolerance

    sizes = [c["n"] for c in s["classes"]]
    print(f"NumPy {np.__version__}, seed {s['seed']}, classes of {sizes}, layers {s['layers']}, {s['steps']} steps")
    print(f"repro, kernel {run.get('kernel')}, contract {run.get('contract')}\n")
    for name, i in ("first", 0), ("last", len(x) - 1):
        print(f"{name} sample, x = {x[i]}")
        print(f"  outputs  NumPy {outputs(ours, x[i])}")
        print(f"           repro {outputs(theirs, x[i])} (from its weights)")
    print(f"correct    NumPy {correct} of {len(x)}")
    print(f"           repro {run['correct']} of {run['total']}: {'the same' if same_count else 'NOT THE SAME'}")
    print(f"weights    worst relative difference {difference:.3g}, {where}")
    print(f"           {'within' if close else 'ABOVE'} {tolerance:g}\n")
    return same_count and close


def worst(ours, theirs):
    """The largest relative difference of two weights, NaN as infinity, and where it is."""
    largest, where = 0.0, "all are equal"
    for layer, (a, b) in enumerate(zip(ours, theirs)):
        scale = np.maximum(np.abs(a), np.abs(b))
        with np.errstate(invalid="ignore"):  # inf - inf, inf / inf: NaN, seen to below
            relative = np.abs(a - b) / np.where(scale == 0.0, 1.0, scale)
        relative = np.where(np.isnan(relative), np.inf, relative)
        if relative.max() > largest:
            o, i = np.unravel_index(relative.argmax(), relative.shape)
            largest, where = float(relative.max()), f"layer {layer}, output {o}, input {i}"
    return largest, where


if __name__ == "__main__":
    sys.exit(main())
