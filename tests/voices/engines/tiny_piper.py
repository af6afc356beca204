"""Makes a tiny Piper voice that the real piper-tts loads: a hum for each phoneme, in no time. Needs ``onnx``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FRAME_SAMPLES = 256
RATE_HZ = 22_050
FEW_SIGNS: dict[str, list[int]] = {sign: [number] for number, sign in enumerate("_^$ abcdefghijklmnoprstuvwxyzˈˌː")}
# Operators in order, as: operator, inputs -> output (attribute=value). The names in capitals are constants.
_LENGTHS = """
Gather FRAMES input -> usual
Gather scales ONE -> slowness
Mul usual slowness -> long
"""
_VARIED = """
RandomNormalLike long -> drawn
Gather scales TWO -> spread
Mul drawn spread -> apart
Exp apart -> factor
Mul long factor -> lengths
"""
_SOUND = """
Ceil lengths -> w_ceil
Cast w_ceil -> whole (to=7)
CumSum whole AXIS -> ends
ReduceMax ends -> frames (keepdims=0)
Range ZERO frames STEP -> frame
Unsqueeze ends MIDDLE -> ends_column
Unsqueeze frame MIDDLE -> frame_column
GreaterOrEqual frame_column ends_column -> over
Cast over -> over_count (to=7)
ReduceSum over_count LAST -> which (keepdims=0)
GatherElements input which -> sign (axis=1)
Mul frames SAMPLES -> count
Range ZERO count STEP -> sample
Div sample SAMPLES -> in_frame
Gather sign in_frame -> heard (axis=1)
Gather RADIANS heard -> speed
Gather LOUDNESS heard -> loudness
Cast sample -> time (to=1)
"""
_ONE_SPEAKER = """
Mul speed time -> angle
"""
_SPEAKERS = """
Gather SPEAKERS sid -> higher
Unsqueeze higher MIDDLE -> higher_column
Mul speed higher_column -> shifted
Mul shifted time -> angle
"""
_WAVE = """
Sin angle -> wave
Mul wave loudness -> hum
"""
_OUTPUT = """
Unsqueeze sound OUTER -> output
"""
_NOISE = """
RandomNormalLike hum -> hiss
Gather scales FIRST -> amount
Mul hiss amount -> hissing
Mul hissing TENTH -> faint
Add hum faint -> sound
"""


def make_tiny_voice(
    folder: Path,
    name: str = "de_DE-tiny-medium",
    speakers: Sequence[str] | None = None,
    alignments: bool = False,
    noise: bool = False,
) -> Path:
    """Write ``NAME.onnx`` and ``NAME.onnx.json``.

    Args:
        folder: Made if absent.
        name: Of the voice.
        speakers: Their names; each hums higher than the one before. None for one speaker without a name.
        alignments: Whether the model tells the lengths of the phonemes itself.
        noise: Whether it draws random numbers for lengths and sound, as real ones do.

    Returns:
        Path of the model.
    """
    from piper import phoneme_ids

    signs = phoneme_ids.DEFAULT_PHONEME_ID_MAP
    program = _LENGTHS + (_VARIED if noise else "Identity long -> lengths") + _SOUND
    program += (
        (_SPEAKERS if speakers else _ONE_SPEAKER) + _WAVE + (_NOISE if noise else "Identity hum -> sound") + _OUTPUT
    )
    inputs: list[Any] = [("input", TensorProto.INT64, ["b", "t"]), ("input_lengths", TensorProto.INT64, ["b"])]
    inputs += [("scales", TensorProto.FLOAT, [3])] + ([("sid", TensorProto.INT64, ["b"])] if speakers else [])
    outputs: list[Any] = [("output", TensorProto.FLOAT, ["b", 1, 1, "n"])]
    outputs += [("w_ceil", TensorProto.FLOAT, ["b", "t"])] if alignments else []
    graph = helper.make_graph(
        [_node(line) for line in program.split("\n") if line],
        "tiny",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info(*one) for one in outputs],
        [
            numpy_helper.from_array(value, name)
            for name, value in _constants(signs, len(speakers or [])).items()
            if f" {name} " in program
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    config = tiny_config(signs, speakers)
    path.with_name(f"{path.name}.json").write_text(json.dumps(config, ensure_ascii=False), "utf-8")
    return path


def tiny_config(signs: dict[str, list[int]], speakers: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the configuration of a tiny voice.

    Args:
        signs: Numbers of each phoneme.
        speakers: As ``make_tiny_voice`` takes them.
    """
    return {
        "audio": {"sample_rate": RATE_HZ},
        "espeak": {"voice": "de"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": signs,
        "num_symbols": 256,
        "num_speakers": len(speakers or [""]),
        "speaker_id_map": {speaker: number for number, speaker in enumerate(speakers or [])},
        "hop_length": FRAME_SAMPLES,
    }


def change_config(path: Path, **changes: Any) -> None:
    """Change settings of a voice.

    Args:
        path: Of its model.
        changes: By name.
    """
    file = path.with_name(f"{path.name}.json")
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")


def _constants(signs: dict[str, list[int]], speakers: int) -> dict[str, Any]:
    count = max(number for numbers in signs.values() for number in numbers) + 1
    frames, loudness = np.full(count, 6.0, np.float32), np.full(count, 0.5, np.float32)
    for sign, (number,) in signs.items():
        if sign in "_^$ˈˌ .,;:!?":
            frames[number] = {" ": 3.0, ".": 16.0, ",": 10.0}.get(sign, 0.2)
            loudness[number] = 0.0
    return {
        "FRAMES": frames,
        "LOUDNESS": loudness,
        "RADIANS": (2 * np.pi * (140 + 2 * np.arange(count)) / RATE_HZ).astype(np.float32),
        "SPEAKERS": np.linspace(1.0, 1.8, max(speakers, 1)).astype(np.float32),
        "ZERO": np.int64(0), "STEP": np.int64(1), "SAMPLES": np.int64(FRAME_SAMPLES), "AXIS": np.int64(1),
        "FIRST": np.array([0]), "ONE": np.array([1]), "TWO": np.array([2]), "TENTH": np.float32(0.1),
        "MIDDLE": np.array([1]), "LAST": np.array([2]), "OUTER": np.array([1, 2]),
    }  # fmt: skip


def _node(line: str) -> Any:
    left, _, right = line.partition(" -> ")
    operator, *inputs = left.split()
    output, _, attribute = right.partition(" (")
    name, _, value = attribute.rstrip(")").partition("=")
    attributes: dict[str, Any] = {name: int(value)} if name else {}
    return helper.make_node(operator, inputs, [output], **attributes)
