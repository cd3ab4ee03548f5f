"""The tutorial's draws: two classes, two layers of weights, a thousand samples.

usage: python3 notebook.py     writes notebook.npz beside itself

The file kept here was made by Debian 12's NumPy 1.24.2 with OpenBLAS 0.3.21 and glibc 2.36.
"""
import pathlib
import numpy as np
from scipy.stats import multivariate_normal

SEED = 104729
r = np.random.RandomState(SEED)
cov = np.array([[1.0, 0.75], [0.75, 1.0]])
means = np.array([[0.0, 0.0], [5.0, 5.0]])
x = np.vstack([multivariate_normal.rvs(mean=m, cov=cov, size=500, random_state=r) for m in means])
weights = np.concatenate([r.normal(0.0, 1 / np.sqrt(2), 4) for _ in range(2)])
index = np.array([r.randint(1000) for _ in range(1000)])
normals = np.random.RandomState(SEED).standard_normal(2008)
np.savez_compressed(pathlib.Path(__file__).parent / "notebook.npz", X=x.ravel(), weights=weights, index=index, standard_normal=normals)
