"""Tools for developers and operators: bench, Ray runner, calibration pictures."""
