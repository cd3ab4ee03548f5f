#!/usr/bin/env python3
"""Writes weights.npz in this folder, which the tests load: a network of 3, 2 and 2 units with biases.

    python3 mlp/testdata/weights.py

Needs NumPy; the file here was written by 1.24.2. Its arrays are of four types, packed, and not all of them lie in rows.
"""
import pathlib

import numpy as np

np.savez_compressed(
    pathlib.Path(__file__).parent / "weights.npz",
    b1=np.array([0.1, -1e-30]),
    W0=np.asfortranarray(np.arange(6).reshape(2, 3) / 3 - 1),
    b0=np.array([0.125, -0.0], dtype=">f4"),
    W1=np.array([[-1, 2], [-3, 4]], dtype=np.int8),
)
