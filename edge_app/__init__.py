"""What runs on the device: camera, pose, exercise and the command `reps`."""

__version__ = "0.1.0"
