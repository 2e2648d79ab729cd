"""NVIDIA's own parser and builder take our networks, without a GPU: needs the extra `trt`.

`reps engine build` runs unchanged; only the module it calls tensorrt is TensorRT for RTX, which has
TensorRT 11's parser and binding and builds ahead of time for a GPU that is not there. The CUDA
runtime is the fake: nothing is executed, so numbers and speed are not tested.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

NEEDS = "needs the extras `trt` and `int8`"
pytest.importorskip("tensorrt_rtx_bindings", reason=NEEDS)
pytest.importorskip("onnxslim", reason=NEEDS)
onnx = pytest.importorskip("onnx", reason=NEEDS)

from calibration.build import int8_path  # noqa: E402
from calibration.expand import expand  # noqa: E402
from calibration.graph import Graph  # noqa: E402
from calibration.make import load_fp32, make_int8, serialised  # noqa: E402
from calibration.pictures import SHIPPED, load_set  # noqa: E402
from calibration.quantise import Recipe, kept_float, quantise_as_published  # noqa: E402
from edge_app.cli.main import main  # noqa: E402
from edge_app.errors import InputError  # noqa: E402
from edge_app.runtime.certificate import FORMAT, ONNX_RUNTIME  # noqa: E402
from edge_app.runtime.open import open_backend, shipped_model  # noqa: E402
from edge_app.runtime.tensorrt.process import probe_tensorrt  # noqa: E402
from export.to_fp16 import to_fp16  # noqa: E402
from tests.runtime.tensorrt import surface  # noqa: E402
from tests.runtime.tensorrt.layers import convolutions, layers, said  # noqa: E402
from tests.runtime.tensorrt.test_contract import import_fake, stored  # noqa: E402

SHIM = Path(__file__).parent / "nvidia"
VERSION = "1.7.1.116"
# Of each engine: MB, kernels, MB that these read and write; docs/develop/tensorrt.md has them too.
BUILT = {
    ("fast", "fp32"): (10.1, 52, 69.6),
    ("fast", "fp16"): (5.8, 53, 35.9),
    ("fast", "int8"): (5.7, 86, 86.2),
    ("fast", "expanded"): (5.9, 83, 85.4),
    ("accurate", "fp32"): (16.2, 68, 146.7),
    ("accurate", "fp16"): (8.6, 68, 74.3),
    ("accurate", "int8"): (9.8, 126, 183.6),
    ("accurate", "expanded"): (9.9, 121, 182.7),
}
PICTURES = 8  # enough to quantise; the accuracy is not looked at here


@pytest.fixture
def heard(cudart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """From now on workers find NVIDIA's builder; the file with all that it says."""
    path = tmp_path / "said.jsonl"
    monkeypatch.setenv("LD_LIBRARY_PATH", str(cudart))
    monkeypatch.setenv("PYTHONPATH", str(SHIM))
    monkeypatch.setenv("TENSORRT_SAID", str(path))
    monkeypatch.setenv("FAKE_CUDA_CC", "8.6")
    monkeypatch.setenv("FAKE_CUDA_GPU", "no GPU")
    return path


def sign(path: Path) -> None:
    """A certificate for the test; the accuracy gate is elsewhere."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    passed = {ONNX_RUNTIME: "for this test"}
    signed = {"format": FORMAT, "passed": passed, "files": [{"sha256": sha256}]}
    path.with_suffix(".json").write_text(json.dumps(signed))


def forms(name: str, folder: Path) -> dict[str, Path]:
    """The network as FP32, FP16 and INT8, that also expanded for TensorRT before 8.6.

    The INT8 file is the shipped one; while none ships, one by the shipped recipe.
    """
    source = shipped_model(name)
    fp32 = load_fp32(source)
    if int8_path(source).is_file():
        int8 = onnx.load(int8_path(source))
    else:
        shape = fp32.graph.input[0].type.tensor_type.shape.dim
        blobs, _ = load_set(SHIPPED, (shape[2].dim_value, shape[3].dim_value))
        about = {"recipe": json.dumps(Recipe().as_dict())}
        int8 = make_int8(fp32, blobs[:PICTURES], Recipe(correct_bias=False), about)
    half = to_fp16(fp32)
    made = {"fp32": onnx.load(source), "fp16": half, "int8": int8, "expanded": expand(int8)}
    paths = {form: folder / form / "pose.onnx" for form in made}
    for form, path in paths.items():
        path.parent.mkdir()
        path.write_bytes(serialised(made[form]))
        sign(path)
    return paths


@pytest.fixture(scope="module", params=["fast", "accurate"])
def network(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, Path]]:
    """Name and forms of a shipped network."""
    return request.param, forms(request.param, tmp_path_factory.mktemp(request.param))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["fp32", "fp16", "int8", "expanded"])
def test_it_builds_without_a_warning_and_every_layer_has_its_precision(
    form: str, network: tuple[str, dict[str, Path]], heard: Path, tmp_path: Path
) -> None:
    name, paths = network
    precision = "int8" if form == "expanded" else form
    out = tmp_path / "pose.engine"
    assert main(["engine", "build", str(paths[form]), "--out", str(out),
                 "--precision", precision]) == 0  # fmt: skip
    sidecar = json.loads(out.with_name("pose.engine.json").read_text())
    assert (sidecar["precision"], sidecar["tensorrt"]) == (precision, VERSION)
    assert [text for level, text in said(heard) if level not in ("VERBOSE", "INFO")] == []

    model = onnx.load(paths[form])
    names = {c.name for c in Graph(model).of_type("Conv")}
    kept = set()
    if precision == "int8":
        recipe = json.loads({p.key: p.value for p in model.metadata_props}["recipe"])
        kept = set(kept_float(model, tuple(recipe["keep_float"])))
        assert kept and kept < names
    plain = {"fp32": "Float", "fp16": "Half", "int8": "Int8"}[precision]
    expected = {c: {"Float"} if c in kept else {plain} for c in names}
    built = layers(heard)
    assert convolutions(built, names) == expected
    figures = out.stat().st_size / 1e6, len(built), sum(layer.nbytes for layer in built) / 1e6
    assert figures == pytest.approx(BUILT[name, form], rel=0.01)


@pytest.mark.slow
def test_onnxruntime_s_default_quantisation_is_refused(
    heard: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fp32 = load_fp32(shipped_model("fast"))
    blobs, _ = load_set(SHIPPED, (192, 192))
    path = tmp_path / "pose.onnx"
    path.write_bytes(serialised(quantise_as_published(fp32, blobs[:PICTURES])))
    sign(path)
    out = tmp_path / "pose.engine"
    assert main(["engine", "build", str(path), "--out", str(out), "--precision", "int8"]) == 2
    assert "TensorRT cannot read the network: " in (told := capsys.readouterr().err)
    assert "Non-zero zero point is not supported" in told
    assert not out.exists() and layers(heard) == []


def test_what_it_is_asked_for_and_cannot_do_is_one_sentence(
    heard: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = probe_tensorrt(sys.executable)
    assert (machine["tensorrt"], machine["weakly_typed"], machine["calibrator"]) == (
        VERSION, False, False,
    )  # fmt: skip
    out = tmp_path / "pose.engine"
    assert main(["engine", "build", "fast", "--out", str(out), "--precision", "fp16"]) == 2
    assert "takes the precision from the file: use an FP16 ONNX" in capsys.readouterr().err


def test_its_own_timings_cannot_be_read_without_a_gpu_and_are_made_anew(
    heard: Path, tmp_path: Path
) -> None:
    out = tmp_path / "pose.engine"
    for _ in range(2):
        assert main(["engine", "build", "fast", "--out", str(out), "--precision", "fp32"]) == 0
    warnings = [text for level, text in said(heard) if level == "WARNING"]
    assert "Failed to deserialize timing cache. Returning an empty timing cache." in warnings


def test_an_engine_does_not_run_without_a_gpu_and_says_so(heard: Path, tmp_path: Path) -> None:
    out = tmp_path / "pose.engine"
    assert main(["engine", "build", "fast", "--out", str(out), "--precision", "fp32"]) == 0
    with pytest.raises(InputError, match=r"TensorRT cannot load the engine: .*CUDA driver version"):
        open_backend(out)


def test_its_binding_is_tensorrt_11_s_in_all_that_the_worker_touches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tensorrt = stored("11.4.0.106")["classes"]
    rtx = surface.dump("tensorrt_rtx_bindings")["classes"]
    fake = import_fake("11.4.0.106", monkeypatch)  # has what the worker touches
    touched = {
        (name, member)
        for name, kind in vars(fake).items()
        if isinstance(kind, type) and name[0] != "_"
        for member in vars(kind)
        if member[0] != "_"
    }
    assert len(touched) > 30
    other = {(n, m) for n, m in touched if rtx[n].get(m, "absent") != tensorrt[n][m]}
    # TensorRT 11 has a second signature, which the worker does not use.
    assert other == {("Builder", "build_serialized_network")}
    assert rtx["Builder"]["build_serialized_network"] == ["network", "config"]
