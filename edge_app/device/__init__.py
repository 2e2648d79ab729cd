"""The machine itself: its hardware, its health checks, and the file that configures it."""
