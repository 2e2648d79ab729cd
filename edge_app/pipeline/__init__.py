"""The path of every frame: source → lanes → sinks."""
