"""NVIDIA's own parser and builder under the name that the worker imports.

TensorRT for RTX is TensorRT's sibling that builds for a GPU which is not there, so it runs on a
processor alone. Everything it says, one JSON line each, goes into the file TENSORRT_SAID, with the
finished engine's layers among it.
"""

import json
import os

import tensorrt_rtx_bindings as rtx
from tensorrt_rtx_bindings import *  # noqa: F403
from tensorrt_rtx_bindings import __version__  # noqa: F401


class _Recorder(rtx.ILogger):
    """Writes down what is said, and passes it on to the worker's own logger."""

    def __init__(self, logger):
        rtx.ILogger.__init__(self)
        self._logger = logger

    def log(self, severity, msg):
        with open(os.environ["TENSORRT_SAID"], "a", encoding="utf-8") as file:
            file.write(json.dumps([severity.name, msg]) + "\n")
        self._logger.log(severity, msg)


class Builder(rtx.Builder):
    """A builder that also tells the layers of what it built."""

    def __init__(self, logger):
        self._recorder = _Recorder(logger)  # TensorRT itself keeps no reference
        rtx.Builder.__init__(self, self._recorder)

    def create_builder_config(self):
        config = rtx.Builder.create_builder_config(self)
        config.profiling_verbosity = rtx.ProfilingVerbosity.DETAILED
        return config


class OnnxParser(rtx.OnnxParser):
    """A parser whose warnings are written down."""

    def __init__(self, network, logger):
        self._recorder = _Recorder(logger)
        rtx.OnnxParser.__init__(self, network, self._recorder)
