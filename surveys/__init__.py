"""What is asked and what a reply means. Knows nothing of patients, phones or clocks."""

import os

# The safety screen multiplies matrices of a few rows: threads of its own would only take the cores of other processes,
# and on a busy machine a text would wait for them a hundred times as long as it takes. It counts only before numpy is
# loaded, which nothing outside this room loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
