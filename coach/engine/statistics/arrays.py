"""The arrays that the arithmetic speaks in: always one of these, always of one length.

What `numpy.typing.NDArray` stands for, without loading it.
"""

from typing import Any

import numpy as np

Floats = np.ndarray[tuple[Any, ...], np.dtype[np.float64]]
Integers = np.ndarray[tuple[Any, ...], np.dtype[np.int64]]
Flags = np.ndarray[tuple[Any, ...], np.dtype[np.bool_]]
