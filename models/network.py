"""Lightweight OpenPose (Osokin 2018, arXiv 1811.12004) with the changes this project made.

Changes against the published network, each with its reason:

* ReLU and ReLU6 instead of ELU: depthwise convolutions followed by ELU have no INT8 kernel in some
  TensorRT releases, and ELU does not commute with a change of scale.
* Batch norm in the CPM block and in the stages, folded into the convolutions at export.
* A prior: the heads of PoseNet, which shares the backbone. Its heatmaps, sharpened by its own
  offsets, are the base to which the initial stage adds; every refinement stage adds to the one
  before, and the last convolution of each head starts at zero. Training therefore starts from a
  network that already finds people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from edge_app.errors import InputError
from edge_app.skeleton import COCO_FROM_OPENPOSE, KEYPOINTS, LIMBS

HEATMAPS = len(KEYPOINTS) + 1  # the last one is the background
PAFS = 2 * len(LIMBS)
SIGMA_PX = 7.0  # of the heatmap's Gaussian, in pixels of the network's input
COCO_POINTS = 17
PRIOR_DISPLACEMENTS = 64  # PoseNet: 16 edges × (y, x) × (forwards, backwards)

# (channels at width 1, stride, dilation) of PoseNet's 13 depthwise separable blocks. The last
# stride, in the sixth, is replaced by a dilation of all that follow: the output stays at stride 8.
MOBILENET_BLOCKS = (
    (64, 1, 1), (128, 2, 1), (128, 1, 1), (256, 2, 1), (256, 1, 1), (512, 1, 1),
    (512, 1, 2), (512, 1, 2), (512, 1, 2), (512, 1, 2), (512, 1, 2), (512, 1, 2), (512, 1, 2),
)  # fmt: skip


@dataclass(frozen=True)
class NetworkConfig:
    """The parameters of a network's shape."""

    width: float = 0.75
    refinement_stages: int = 1
    stage_channels: int = 128
    backbone_norm: bool = False  # the warm start's batch norms are folded: none to train

    def __post_init__(self) -> None:
        """Raises InputError for a network with a layer without channels."""
        if int(32 * self.width) < 1 or self.stage_channels < 1 or self.refinement_stages < 0:
            raise InputError(
                f"no such network: width {self.width:g} with {self.stage_channels} channels "
                f"and {self.refinement_stages} refinement stages"
            )

    def as_dict(self) -> dict[str, float | int]:
        """The fields as plain values, for a checkpoint or a model card."""
        return asdict(self)


class DilatedDepthwise(nn.Conv2d):
    """A dilated depthwise convolution that also takes a map split by `deal`.

    oneDNN's backward pass of dilated depthwise convolutions is ten times slower than that of plain
    ones: 32 % of a training step. On a split map, a plain one gives the same numbers.
    """

    dealt = False  # set by the backbone

    def forward(self, x: Tensor) -> Tensor:
        if not self.dealt:
            return super().forward(x)
        return nn.functional.conv2d(x, self.weight, self.bias, padding=1, groups=self.groups)


def deal(x: Tensor, step: int) -> Tensor:
    """Splits each map into step² maps of every step-th row and column."""
    count, channels, height, width = x.shape
    rows, columns = height // step, width // step
    x = x.permute(0, 2, 3, 1).reshape(count, rows, step, columns, step, channels)
    x = x.permute(0, 2, 4, 1, 3, 5).reshape(count * step * step, rows, columns, channels)
    return x.permute(0, 3, 1, 2)


def gather(x: Tensor, step: int) -> Tensor:
    """The inverse of `deal`."""
    channels, rows, columns = x.shape[1:]
    x = x.permute(0, 2, 3, 1).reshape(-1, step, step, rows, columns, channels)
    x = x.permute(0, 3, 1, 4, 2, 5).reshape(-1, rows * step, columns * step, channels)
    return x.permute(0, 3, 1, 2)


def conv(
    cin: int,
    cout: int,
    kernel: int = 3,
    stride: int = 1,
    dilation: int = 1,
    groups: int = 1,
    norm: bool = True,
) -> nn.Sequential:
    """A convolution with a bias, or with a batch norm that export folds into it."""
    padding = dilation * (kernel // 2)
    kind = DilatedDepthwise if kernel == 3 and dilation > 1 and groups == cin else nn.Conv2d
    layer = kind(cin, cout, kernel, stride, padding, dilation, groups, bias=not norm)
    return nn.Sequential(layer, nn.BatchNorm2d(cout)) if norm else nn.Sequential(layer)


def depthwise_separable(
    cin: int, cout: int, stride: int, dilation: int, norm: bool, relu: type[nn.Module]
) -> nn.Sequential:
    """MobileNetV1's block."""
    depthwise = conv(cin, cin, 3, stride, dilation, cin, norm)
    return nn.Sequential(depthwise, relu(), conv(cin, cout, 1, norm=norm), relu())


class Backbone(nn.Module):
    """MobileNetV1 dilated to stride 8: (N, 3, H, W) in [-1, 1], RGB → (N, C, H/8, W/8)."""

    def __init__(
        self, width: float, norm: bool, blocks: Sequence[tuple[int, int, int]] = MOBILENET_BLOCKS
    ) -> None:
        super().__init__()
        first = int(32 * width)
        layers: list[nn.Module] = [nn.Sequential(conv(3, first, 3, 2, norm=norm), nn.ReLU6())]
        cin = first
        for channels, stride, dilation in blocks:
            cout = int(channels * width)
            layers.append(depthwise_separable(cin, cout, stride, dilation, norm, nn.ReLU6))
            cin = cout
        self.layers = nn.Sequential(*layers)
        self.channels = cin
        dilations = [1, *(dilation for _, _, dilation in blocks)]
        self.step = dilations[-1]
        self.dense = dilations.index(self.step)  # layers before those of the last dilation

    def forward(self, x: Tensor) -> Tensor:
        layers = list(self.layers)
        for layer in layers[: self.dense]:
            x = layer(x)
        step = self.step
        dealt = self.training and step > 1 and not x.is_cuda
        dealt = dealt and not any(n % step for n in x.shape[2:])
        x = deal(x, step) if dealt else x
        for layer in layers[self.dense :]:
            for part in layer.modules():
                if isinstance(part, DilatedDepthwise):
                    part.dealt = dealt
            x = layer(x)
        return gather(x, step) if dealt else x


class Prior(nn.Module):
    """PoseNet's four heads as one convolution, read as heatmaps at this network's resolution."""

    def __init__(self, cin: int) -> None:
        super().__init__()
        self.head = nn.Conv2d(cin, 3 * COCO_POINTS + PRIOR_DISPLACEMENTS, 1)
        order = torch.zeros(HEATMAPS, COCO_POINTS, 1, 1)
        order[torch.as_tensor(COCO_FROM_OPENPOSE), torch.arange(COCO_POINTS)] = 1
        self.openpose_order: Tensor
        self.register_buffer("openpose_order", order, persistent=False)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Base heatmaps (N, 19, h, w) and the extra input of the initial stage (N, 115, h, w).

        A PoseNet heatmap is a disk, and its offsets point from every cell to the keypoint, in
        pixels. The Gaussian of the offset's length, within the disk, is the heatmap wanted here.
        """
        raw = self.head(features)
        disk = torch.sigmoid(raw[:, :COCO_POINTS])
        offsets = raw[:, COCO_POINTS : 3 * COCO_POINTS] / (SIGMA_PX * 2**0.5)
        squares = offsets * offsets
        gaussian = torch.exp(-(squares[:, :COCO_POINTS] + squares[:, COCO_POINTS:]))
        displacements = raw[:, 3 * COCO_POINTS :] / 64.0
        base = nn.functional.conv2d(disk * gaussian, self.openpose_order)
        return base, torch.cat([disk, offsets * 0.25, displacements], 1)


class ContextModule(nn.Module):
    """The CPM block: narrow to the stages' channels, three depthwise convolutions, one residual."""

    def __init__(self, cin: int, channels: int, relu: type[nn.Module] = nn.ReLU) -> None:
        super().__init__()
        self.align = nn.Sequential(conv(cin, channels, 1), nn.ReLU())
        self.trunk = nn.Sequential(
            *(depthwise_separable(channels, channels, 1, 1, True, relu) for _ in range(3))
        )
        self.out = nn.Sequential(conv(channels, channels), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        x = self.align(x)
        return self.out(x + self.trunk(x))


def head(cin: int, hidden: int, cout: int) -> nn.Sequential:
    """1×1 head whose last convolution starts at zero: a new stage changes nothing at first."""
    last = nn.Conv2d(hidden, cout, 1)
    for parameter in last.parameters():
        nn.init.zeros_(parameter)
    return nn.Sequential(conv(cin, hidden, 1), nn.ReLU(), last)


class InitialStage(nn.Module):
    """Three 3×3 convolutions and two heads of 512 channels."""

    def __init__(self, cin: int, channels: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            conv(cin, channels), nn.ReLU(),
            conv(channels, channels), nn.ReLU(),
            conv(channels, channels), nn.ReLU(),
        )  # fmt: skip
        self.heatmaps = head(channels, 4 * channels, HEATMAPS)
        self.pafs = head(channels, 4 * channels, PAFS)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.trunk(x)
        return self.heatmaps(x), self.pafs(x)


class RefinementBlock(nn.Module):
    """1×1, then two 3×3 (the second dilated) with a residual: a 7×7 field at the price of two."""

    def __init__(self, cin: int, channels: int) -> None:
        super().__init__()
        self.narrow = nn.Sequential(conv(cin, channels, 1), nn.ReLU())
        self.trunk = nn.Sequential(
            conv(channels, channels), nn.ReLU(), conv(channels, channels, dilation=2), nn.ReLU()
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.narrow(x)
        return x + self.trunk(x)


class RefinementStage(nn.Module):
    """Five refinement blocks and two heads."""

    def __init__(self, cin: int, channels: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            RefinementBlock(cin, channels), *(RefinementBlock(channels, channels) for _ in range(4))
        )
        self.heatmaps = head(channels, channels, HEATMAPS)
        self.pafs = head(channels, channels, PAFS)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.trunk(x)
        return self.heatmaps(x), self.pafs(x)


class LightweightOpenPose(nn.Module):
    """(N, 3, H, W) RGB in [-1, 1] → heatmaps (N, 19, H/8, W/8) and PAFs (N, 38, H/8, W/8)."""

    def __init__(self, config: NetworkConfig = NetworkConfig()) -> None:
        super().__init__()
        self.config = config
        channels = config.stage_channels
        self.backbone = Backbone(config.width, config.backbone_norm)
        self.prior = Prior(self.backbone.channels)
        self.context = ContextModule(self.backbone.channels, channels)
        self.initial = InitialStage(channels + 3 * COCO_POINTS + PRIOR_DISPLACEMENTS, channels)
        self.refinements = nn.ModuleList(
            RefinementStage(channels + HEATMAPS + PAFS, channels)
            for _ in range(config.refinement_stages)
        )

    def stages(self, image: Tensor) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """The prior's heatmaps, and (heatmaps, PAFs) after every stage, for the training loss."""
        features = self.backbone(image)
        base, told = self.prior(features)
        context = self.context(features)
        added, pafs = self.initial(torch.cat([context, told], 1))
        heatmaps = base + added
        results = [(heatmaps, pafs)]
        for stage in self.refinements:
            more_heatmaps, more_pafs = stage(torch.cat([context, heatmaps, pafs], 1))
            heatmaps, pafs = heatmaps + more_heatmaps, pafs + more_pafs
            results.append((heatmaps, pafs))
        return base, results

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        return self.stages(image)[1][-1]
