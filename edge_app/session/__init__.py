"""One attempt of one student under a school test."""
