"""INT8: calibration set, quantisation and the accuracy gate."""
