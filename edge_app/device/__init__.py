"""The machine itself: what it is, whether it is fit, and the file that sets it up."""
