"""What NumPy gives, for the tests to compare with.

usage: python3 vectors.py     writes vectors.json beside itself

Any NumPy draws the same integers and uniforms. The last bits of normals depend on its C
library, and the signs and order of singular vectors, in the cases that are chosen here to
show it, on its LAPACK. The file kept here was made by Debian 12's NumPy 1.24.2 with the
reference libraries, packages libblas3 and liblapack3 3.11.0, first in LD_LIBRARY_PATH.
"""
import json
import pathlib
import numpy as np
from scipy.stats import multivariate_normal

HERE = pathlib.Path(__file__).parent


def word(r):
    return int(r.randint(0, 2**32, dtype=np.uint32))


def seeding(seed):
    words = np.random.RandomState(seed).randint(0, 2**32, 1250, dtype=np.uint32)
    at = [0, 1, 2, 226, 227, 228, 396, 397, 622, 623, 624, 625, 1247, 1248, 1249]
    return dict(seed=seed if isinstance(seed, list) else [seed], list=isinstance(seed, list),
                at=at, words=words[at].tolist())


def drawing(seed, name, *args, n=6):
    r = np.random.RandomState(seed)
    return dict(seed=seed, args=args, values=getattr(r, name)(*args, size=n).tolist(), next=word(r))


def shuffling(seed, n):
    r = np.random.RandomState(seed)
    x = list(range(n))
    r.shuffle(x)
    s = np.random.RandomState(seed)
    assert s.permutation(n).tolist() == x
    return dict(seed=seed, n=n, values=x, next=word(r))


def state():
    r = np.random.RandomState(3)
    r.standard_normal(507)
    _, key, pos, has_gauss, gauss = r.get_state()
    return dict(seed=3, normals=507, key=key.tolist(), pos=pos, hasGauss=bool(has_gauss), gauss=gauss,
                after=r.standard_normal(500)[-5:].tolist(), afterNormals=500, next=word(r))


def correlated(seed, mean, cov, n):
    r = np.random.RandomState(seed)
    x = multivariate_normal.rvs(mean=mean, cov=cov, size=n, random_state=r)
    return dict(seed=seed, mean=mean, cov=np.ravel(cov).tolist(), values=np.ravel(x).tolist(),
                normal=r.standard_normal(), next=word(r))


def covariance(r, d):
    a = r.standard_normal((d, d + 2))
    c = np.round(a @ a.T, 3)
    return (c + c.T) / 2


def equicorrelated(d):
    return 0.5 * np.eye(d) + 0.5


def permuted(r, d):
    """Two classes of coordinates, uncorrelated with each other, in random order."""
    c = np.zeros((d, d))
    c[: d // 2, : d // 2] = covariance(r, d // 2)
    c[d // 2 :, d // 2 :] = covariance(r, d - d // 2)
    order = r.permutation(d)
    return c[np.ix_(order, order)]


def covariances():
    r = np.random.RandomState(11)
    yield from ([[1]], np.eye(4), np.diag([2, 2, 1]), np.diag([1, 2, 2, 3, 1]), np.diag([1, 1, 2, 2, 2]))
    yield from ([[a, b], [b, c]] for a, b, c in ((1, 0.75, 1), (1, -0.75, 1), (1, 0.75, 4), (4, -0.75, 1), (1, 1e-9, 1)))
    # The sign of these hangs on one rounding: a² + b² = ac - b².
    yield from ([[a, b], [b, c]] for a, b, c in ((2, 1, 3), (1, 0.5, 1.5), (1, 4, 33), (11, 11, 33), (0.9, 1.5, 5.9)))
    yield [[1, 0.75, 0, 0], [0.75, 1, 0, 0], [0, 0, 3, -0.5], [0, 0, -0.5, 2]]
    yield [[1, 0.75, 0, 0], [0.75, 1, 0, 0], [0, 0, 1, 0.75], [0, 0, 0.75, 1]]
    yield [[1, 0, 0.5], [0, 3, 0], [0.5, 0, 2]]
    yield [[1e200, 5e199], [5e199, 3e200]]
    yield [[1e-300, 2e-301, 0], [2e-301, 3e-300, 1e-301], [0, 1e-301, 2e-300]]
    yield [[1, 1e-5, 0], [1e-5, 1e-8, 1e-11], [0, 1e-11, 1e-12]]
    # Those of these hang on the order in which dbdsqr asks its questions.
    yield [[1.4, 0, 0.49, -0.79], [0, 2.22, 0, 0], [0.49, 0, 4.18, -1.2], [-0.79, 0, -1.2, 0.74]]
    yield [[8, 2, 0, 0, 4], [2, 1, 0, 0, 2], [0, 0, 18, 0, 0], [0, 0, 0, 4, 0], [4, 2, 0, 0, 4]]
    yield [[19, 0, -3, -3], [0, 5, 0, 0], [-3, 0, 2, 1], [-3, 0, 1, 2]]
    yield [[4, 0, -4], [0, 2, 0], [-4, 0, 4]]
    yield from ([[1, 1], [1, 1]], [[1, 0], [0, 0]], [[4, 2, 0], [2, 1, 0], [0, 0, 1]])
    yield np.round(0.8 ** abs(np.subtract.outer(range(6), range(6))), 6)
    yield from (equicorrelated(d) for d in (3, 4, 5, 8))
    for d in range(2, 9):
        for _ in range(3):
            yield covariance(r, d)
        yield permuted(r, d)
    for d in (12, 25):
        yield covariance(r, d)


def decomposition(cov):
    _, s, v = np.linalg.svd(np.array(cov, float))
    return dict(cov=np.ravel(cov).tolist(), s=s.tolist(), v=np.ravel(v).tolist())


def vectors():
    r = np.random.RandomState(5)
    means = [[0.0], [1.0, -2.0], [0.5, 0.25, 0.125], [1.0, 2.0, 3.0, 4.0], [-1.0, 0.0, 1.0, 0.0, 10.0]]
    return dict(
        seeding=[seeding(s) for s in (0, 1, 42, 104729, 2**31, 2**32 - 1, [0], [42], [1, 2, 3],
                                      [291, 564, 837, 1110], [2**32 - 1, 0, 7], list(range(700)))],
        random_sample=[drawing(s, "random_sample") for s in (0, 7, 104729)],
        uniform=[drawing(s, "uniform", lo, hi) for s, lo, hi in ((1, 0, 1), (2, -5, 5), (3, 1e-3, 1e9), (4, 2, -7))],
        normal=[drawing(s, "normal", lo, hi, n=7) for s, lo, hi in ((1, 0, 1), (2, -5, 0.5), (3, 1e3, 1e-3), (4, 1, 0))],
        randint=[drawing(s, "randint", lo, hi) for s, (lo, hi) in enumerate((
            (0, 100), (-5, 5), (7, 8), (0, 2), (0, 1000), (-1000, -1), (0, 2**31), (0, 2**32 - 1), (0, 2**32),
            (-2**31, 2**31), (0, 2**32 + 1), (-2**40, 2**40), (0, 2**63 - 1), (-2**63, 2**63 - 1), (-2**63, 1 - 2**63)))],
        shuffle=[shuffling(s, n) for s, n in ((0, 0), (1, 1), (2, 2), (42, 10), (3, 33), (4, 200))],
        state=state(),
        multivariate=[correlated(s, m, (covariance(r, len(m)) if len(m) != 2 else np.array([[1, 0.75], [0.75, 1]])).tolist(), 7)
                      for s, m in enumerate(means)],
        decomposition=[decomposition(c) for c in covariances()],
    )


(HERE / "vectors.json").write_text("{\n" + ",\n".join(
    f'"{k}": ' + ("[\n" + ",\n".join(map(json.dumps, v)) + "\n]" if isinstance(v, list) else json.dumps(v))
    for k, v in vectors().items()) + "\n}\n")
