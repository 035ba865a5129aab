#!/usr/bin/env python3
"""Writes the files of this folder with NumPy itself: what npim reads must be what it saves."""
import numpy as np

def ramp(dtype, *shape):
    n = int(np.prod(shape)) if shape else 1
    return (np.arange(n) * 3 - 2).astype(dtype).reshape(shape)

arrays = {
    "int8_2x3": ramp("i1", 2, 3),
    "uint8_4": ramp("u1", 4) + np.uint8(2),
    "int16_0x3": ramp("i2", 0, 3),
    "uint16_3x1": ramp("u2", 3, 1),  # the first one wraps to 65534
    "int32_1x2x3": ramp("i4", 1, 2, 3),
    "int64_scalar": np.array(-(2**53), dtype="i8"),
    "float16_8": np.array([0, -1, 0.1, 65504, 2**-24, 2**-14, np.inf, np.nan], dtype="f2"),
    "float32_2x2": ramp("f4", 2, 2) / np.float32(7),
    "float64_3": ramp("f8", 3) / 7,
    "float32_rank8": ramp("f4", 1, 2, 1, 2, 1, 1, 1, 3),
    # As long as a header of 8 dimensions gets.
    "int8_long": np.zeros((0,) + (100, 1000, 1000, 1000, 1000, 100, 100), dtype="i1"),
}
for name, array in arrays.items():
    np.save(name + ".npy", array)
for version in (2, 3):
    with open(f"version_{version}.npy", "wb") as out:
        np.lib.format.write_array(out, ramp("i4", 2, 2), version=(version, 0))
