"""Matrices of the analysis are calculated on one thread; imported before numpy, which starts the threads.

They are many and small: several threads wait for each other longer than they calculate, most of all on a
machine that is busy with other things (0.27 s of the processor for what takes 0.007 s on one thread). And
sums are then added up in the same order on a machine of any number of cores.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - a setting of numpy's, not one of the app's
