"""How a device gets the program: wheels and locks, the bundle, and what runs on the device."""
