"""The paper's experiments on rendered students, with known times and faults."""
