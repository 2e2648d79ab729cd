"""The one way of a frame: source → lanes → sinks."""
