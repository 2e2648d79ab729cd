"""The command `reps`: one file per subcommand."""
