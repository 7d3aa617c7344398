"""Our side of bench/survival.py: outcomes counted by a database, then curves and test; a measurement a line.

A process of its own, so that its greatest size is that of this work alone.
"""

import json
import resource
import sys
import time

from analysis import survival_counts
from analysis.estimators import kaplan_meier, logrank_test
from bench.followed import CUTOFF_ON

TIMES = (365, 1826, 3000)


def measured(url: str) -> dict[str, object]:
    """Count, estimate and test once."""
    begun, used = time.perf_counter(), time.process_time()
    counts = survival_counts(url, endpoint="TFS", cutoff=CUTOFF_ON)
    counted = time.perf_counter()
    given = (counts["duration"], counts["event"])
    curves = kaplan_meier(*given, group=counts["group"], weights=counts["count"])
    test = logrank_test(*given, counts["group"], weights=counts["count"])
    ended = time.perf_counter()
    return {
        "query_s": counted - begun,
        "estimators_s": ended - counted,
        "cpu_s": time.process_time() - used,
        "rows": int(counts["count"].sum()),
        "counts": len(counts),
        "statistic": test.statistic,
        "survival": curves.at(TIMES)["survival"].tolist(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    for _ in sys.stdin:
        print(json.dumps(measured(sys.argv[1])), flush=True)


if __name__ == "__main__":
    main()
