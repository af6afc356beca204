"""Loading a Piper model: once in a process, with word times and with the same noise on every run.

A Piper model (VITS) draws random numbers for how long phonemes last and for the sound itself.
onnxruntime draws them from a generator that goes on from call to call: a seed fixes only the
first run of a session. So, where the package ``onnx`` is there, each draw in the model is
replaced, in memory, by a look-up in one fixed table of normally distributed numbers, from a
place that depends on the phonemes. Equal phonemes then give equal samples, different sentences
still vary. Without ``onnx`` the model is used as it is, without word times too.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any
from weakref import WeakValueDictionary

from narrate.model.errors import EngineUnavailable
from narrate.voices.engines.piper.voices import InstalledVoice

PROVIDER = "CPUExecutionProvider"
NOISE_COUNT = 262_139  # prime: rows of a tensor start at different places of the table
NOISE_STEP = 7_919
OLDEST_OPERATORS = 11  # of ONNX: the first with all that is used below
# Where the look-up in the table begins: once in a model.
START = """ReduceSum input -> narrate_sum
Mul narrate_sum narrate_step -> narrate_far
Mod narrate_far narrate_count -> narrate_start"""
# What stands in the place of a draw.
LOOK_UP = """Shape $like -> @shape
Size $like -> @size
Add narrate_start @size -> @end
Range narrate_start @end narrate_one -> @at
Mod @at narrate_count -> @place
Gather narrate_table @place -> @flat
Reshape @flat @shape -> $drawn"""
_DRAWS = ("RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli")
_FLOAT = 1  # of onnx.TensorProto

_loaded: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()
_loading = threading.Lock()


@cache
def can_prepare() -> bool:
    """Tell whether models get word times and fixed noise: that needs the package onnx."""
    return find_spec("onnx") is not None


def load(voice: InstalledVoice) -> Any:
    """Return the ``piper.PiperVoice`` of an installed voice, the same to everyone in the process who holds it.

    Args:
        voice: Where its files lie.

    Raises:
        EngineUnavailable: The package is missing, or the model is damaged or does not fit its configuration.
    """
    with _loading:
        key = voice.path, voice.stamp
        model = _loaded.get(key)
        if model is None:
            model = _loaded[key] = _read(voice)
        return model


def _read(voice: InstalledVoice) -> Any:
    try:
        import onnxruntime  # type: ignore[import-untyped, unused-ignore]
        from piper import PiperVoice
        from piper.config import PiperConfig
    except ImportError as error:
        raise EngineUnavailable(f"The package piper-tts cannot be loaded ({error}); install it again.") from error
    options = onnxruntime.SessionOptions()
    # A sentence on one core, several sentences at once: threads that wait for each other burn time.
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # what it would write to the terminal is in the exception
    try:
        session = _session(voice, lambda model: onnxruntime.InferenceSession(model, options, providers=[PROVIDER]))
        return PiperVoice(session=session, config=PiperConfig.from_dict(voice.config))
    except Exception as error:  # whatever the libraries make of a damaged file
        raise EngineUnavailable(
            f"The Piper voice '{voice.name}' cannot be loaded ({type(error).__name__}); "
            f"install it again with: narrate voices install {voice.name}."
        ) from error


def _session(voice: InstalledVoice, start: Callable[[bytes | str], Any]) -> Any:
    """Start the changed model, or, where it is too strange to be changed, the model as it is."""
    if can_prepare():
        try:
            return start(_prepared(voice))
        except Exception:
            logging.getLogger(__name__).debug("'%s' is used as it is", voice.path, exc_info=True)
    return start(str(voice.path))


def _prepared(voice: InstalledVoice) -> bytes:
    """Return the model with word times and fixed noise."""
    import onnx

    model = onnx.load(str(voice.path))
    _tell_lengths(model)
    _fix_noise(model)
    content: bytes = model.SerializeToString()
    return content


def _tell_lengths(model: Any) -> None:
    """Make the lengths of the phonemes a second output: the one tensor in a Piper model that is rounded up."""
    import onnx

    lengths = [name for node in model.graph.node if node.op_type == "Ceil" for name in node.output]
    if len(lengths) == 1 and len(model.graph.output) == 1:
        model.graph.output.append(onnx.ValueInfoProto(name=lengths[0]))


def _fix_noise(model: Any) -> None:
    """Replace every draw of random numbers by numbers of a table; a model with draws of other kinds stays as it is."""
    from onnx import numpy_helper

    graph = model.graph
    draws = [node for node in graph.node if node.op_type in _DRAWS]
    recent = any(one.domain == "" and one.version >= OLDEST_OPERATORS for one in model.opset_import)
    if not draws or not recent or not all(map(_is_plain, draws)):
        return
    for name, value in _constants().items():
        graph.initializer.append(numpy_helper.from_array(value, f"narrate_{name}"))
    nodes = [*_nodes(START)]
    for node in graph.node:
        names = {"$like": node.input[0], "$drawn": node.output[0]} if node.op_type in _DRAWS else {}
        nodes += _nodes(LOOK_UP, names) if names else [node]
    del graph.node[:]
    graph.node.extend(nodes)


def _is_plain(node: Any) -> bool:
    """Tell whether a draw is of the standard normal distribution, shaped like another tensor."""
    plain = {"mean": 0.0, "scale": 1.0}
    return node.op_type == "RandomNormalLike" and all(
        one.i == _FLOAT if one.name == "dtype" else one.f == plain.get(one.name, one.f) for one in node.attribute
    )


def _constants() -> dict[str, Any]:
    import numpy as np

    # numpy promises the numbers of this generator to stay the same in every version.
    table = np.random.RandomState(0).standard_normal(NOISE_COUNT).astype(np.float32)
    return {"table": table, "count": np.int64(NOISE_COUNT), "step": np.int64(NOISE_STEP), "one": np.int64(1)}


def _nodes(program: str, names: Mapping[str, str] = {}) -> list[Any]:
    """Return operators written as ``operator inputs -> output``; inner names are those of the one output."""
    from onnx import helper

    drawn = names.get("$drawn", "")
    made = []
    for line in program.split("\n"):
        operator, *inputs, _, output = line.split()
        used = [names.get(name, name.replace("@", f"narrate_{drawn}_")) for name in (*inputs, output)]
        if operator == "ReduceSum":
            made.append(helper.make_node(operator, used[:-1], used[-1:], keepdims=0))
        else:
            made.append(helper.make_node(operator, used[:-1], used[-1:]))
    return made
