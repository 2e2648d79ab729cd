"""`reps bench`: where a frame's time goes, beside others, and on which board."""
