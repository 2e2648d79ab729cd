"""What a counted frame leaves behind: document, table, video, track."""
