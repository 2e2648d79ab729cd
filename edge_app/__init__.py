"""What runs on the device: camera, pose, exercise and the command `reps`."""

import os

__version__ = "0.1.0"

# ONNX Runtime 1.31 for Linux writes down what it runs, with a number for the device, and sends it
# to its maker. It reads this variable when it is imported; switching it off later is too late.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
