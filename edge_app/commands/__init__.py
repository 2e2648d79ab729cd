"""The subcommands of `reps`."""
