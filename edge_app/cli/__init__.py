"""The command `reps`: one file a subcommand."""
