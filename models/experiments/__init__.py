"""The paper's experiments on students that are drawn: times and faults are known."""
