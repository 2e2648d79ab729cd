"""The kiosk: camera, counting and the pages in one process."""
