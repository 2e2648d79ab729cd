"""Other people's pose networks on the pictures held out from training, to compare ours with."""
