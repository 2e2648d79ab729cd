"""FFmpeg through PyAV, silent; import `av` from here.

PyAV hands FFmpeg's log to Python, for which a decoding thread needs the interpreter's lock. Whoever
holds that lock and frees the decoder waits for that thread: both wait forever. So FFmpeg's own log
is restored, which needs no lock, and silenced: what goes wrong comes as an exception anyway.
"""

from __future__ import annotations

import av

av.logging.restore_default_callback()
av.logging.set_libav_level(av.logging.PANIC)

__all__ = ["av"]
