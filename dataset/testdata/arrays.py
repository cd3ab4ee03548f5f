#!/usr/bin/env python3
"""Writes the arrays in this folder, which the tests read, and prints the numbers that they compare with.

    python3 dataset/testdata/arrays.py

Needs NumPy; the files here were written by 1.24.2. Array x[i, j, k] is f(4*i + 2*j + k) in every file.
"""
import hashlib
import pathlib

import numpy as np

here = pathlib.Path(__file__).parent

number = np.arange(20).reshape(5, 2, 2)
labels = np.array([2, 0, 1, 3, 2])

np.savez(here / "float32.npz", x=(number / 8 - 1).astype(np.float32), y=labels.astype(np.uint8), other=np.array(["text"]))
np.savez_compressed(here / "fortran.npz", x=np.asfortranarray(number / 3), y=labels.astype(np.int64))
np.save(here / "x.npy", np.asfortranarray((number * 1000 - 9000).astype(">i2")))
np.save(here / "y.npy", labels.astype(np.int32))
np.save(here / "y32.npy", labels.astype(np.float32))
np.save(here / "y64.npy", labels.astype(">f8"))
np.savetxt(here / "savetxt.csv", np.column_stack([number.reshape(5, 4) / 3, labels]), delimiter=",", header="a, b, c, d, label")
with open(here / "version2.npy", "wb") as f:
    np.lib.format.write_array(f, (number * 3_000_000_000).astype(np.uint64), version=(2, 0))

pixels = np.arange(256, dtype=np.float64)
scaled = pixels / 255 * 0.99 + 0.01
print("scaled pixels:", [float(scaled[i]).hex() for i in (0, 1, 100, 254, 255)])
print("SHA-256 of all 256:", hashlib.sha256(scaled.astype("<f8").tobytes()).hexdigest())

x = np.array([[1.5, -3, 7], [2.25, 1e-3, 7], [0.1, 12, 7], [0.7, 3.3, 7]])
low, high = x.min(axis=0), x.max(axis=0)
with np.errstate(invalid="ignore"):
    y = (x - low) / (high - low) * (0.8 - -0.3) + -0.3
print("a range for each feature:", [float(v).hex() for v in y[:, :2].flat])
