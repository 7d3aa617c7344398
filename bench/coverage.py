"""How often 95 % intervals hold the truth: trials are simulated, estimated and compared with what is true.

BENCH_TRIALS trials (2000) of every case of bench/simulated, on all cores, for BENCH_SECONDS in all at most:
each case may use an equal part of what is left. BENCH_SEED (1) fixes every trial, however many are run;
BENCH_CASES=restricted,cox runs the cases whose names begin so.
"""

import json
import math
import multiprocessing
import os
import sys
import time
import zlib
from collections import Counter
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import islice

import numpy as np
from tqdm import tqdm

from bench.simulated.cases import cases

SEED = int(os.environ.get("BENCH_SEED", "1"))
TRIALS = int(os.environ.get("BENCH_TRIALS", "2000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "inf"))
BEGINNINGS = tuple(os.environ.get("BENCH_CASES", "").split(","))

WORKERS = os.cpu_count() or 1
BATCH = 10
WANTED = (0.94, 0.96)


def batch(name: str, trials: range) -> Counter[str]:
    """Simulate some trials of a case and count which intervals held; the case and the trial are the seed."""
    simulate, held = cases()[name], Counter[str]()
    for trial in trials:
        random = np.random.default_rng([SEED, zlib.crc32(name.encode()), trial])
        held.update({interval: int(found) for interval, found in simulate(random).items()})
    return held


def counted(pool: Executor, name: str, until: float) -> tuple[int, Counter[str]]:
    """Run trials of one case, all or until the time is over: how many, and how often each interval held."""
    done, held = 0, Counter[str]()
    work = iter([range(first, min(first + BATCH, TRIALS)) for first in range(0, TRIALS, BATCH)])
    with tqdm(total=TRIALS, desc=name, unit="", leave=False, disable=None) as bar:
        while (done == 0 or time.perf_counter() < until) and (some := list(islice(work, 2 * WORKERS))):
            for trials, found in zip(some, pool.map(batch, [name] * len(some), some), strict=True):
                done += len(trials)
                held.update(found)
                bar.update(len(trials))
    return done, held


def main() -> None:
    names = [name for name in cases() if name.startswith(BEGINNINGS)]
    if not names:
        sys.exit(f"No case begins so. There are: {', '.join(cases())}")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # in the workers: there is one for each core already
    end, shares, trials = time.perf_counter() + SECONDS, {}, []
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as pool:
        for place, name in enumerate(names):
            begun = time.perf_counter()
            done, held = counted(pool, name, begun + (end - begun) / (len(names) - place))
            trials.append(done)
            seconds = time.perf_counter() - begun
            print(f"{name}: {done} trials in {seconds:.0f} s")
            for interval, times in held.items():
                share = times / done
                shares[f"{name}, {interval}"] = round(share, 4)
                print(f"    {interval:40} {share:7.2%} +- {math.sqrt(share * (1 - share) / done):.2%}")
    print(
        json.dumps(
            {
                "trials": min(trials),
                "lowest": min(shares.values()),
                "highest": max(shares.values()),
                "outside": [name for name, share in shares.items() if not WANTED[0] <= share <= WANTED[1]],
                "coverage": shares,
            }
        )
    )


if __name__ == "__main__":
    main()
