"""The calibration set, activation ranges and the accuracy gate for INT8: not built yet."""
