"""How many counts change when frames, times or joints change a little."""
