"""Trains and judges the second witness of a repetition."""
