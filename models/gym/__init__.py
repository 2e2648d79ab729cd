"""Renders exercising students with known keypoints, as pictures and clips."""
