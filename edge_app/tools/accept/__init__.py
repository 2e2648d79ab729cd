"""`reps accept`: measures on a device what only that device can tell, into one file."""
