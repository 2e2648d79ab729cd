"""Puts the program onto devices: wheels and locks, the bundle, and what runs on the device."""
