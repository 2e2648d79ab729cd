"""`reps bench`: measures the time of each stage of a frame, also compared with others."""
