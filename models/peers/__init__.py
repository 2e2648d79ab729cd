"""Pose networks of others on pictures held out from training, for comparison."""
