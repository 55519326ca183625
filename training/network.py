"""A small one-stage segmentation network: residual backbone, feature pyramid, prototypes, dense heads.

Published ideas only: residual bottlenecks (He 2015), feature pyramids (Lin 2016), prototype masks with
coefficients (YOLACT, Bolya 2019), anchor-free boxes as distances to four sides (FCOS, Tian 2019),
a global context branch (ParseNet, Liu 2015).
"""

import torch
from torch import nn
from torch.nn import functional

SIZE = 320
STRIDES = (8, 16, 32)
PROTOTYPES = 8
PYRAMID = 64
# How far the exported masks follow the semantic map (1: wholly) instead of each cell's own coefficients, which travel
# less well to looks that were never seen; and by how much, as a logit, load must be likelier than not: gaps between lumps
# that are hardly told apart are filled otherwise. How they were chosen is told in README.md, under Decisions.
SEMANTIC_SHARE, MARGIN = 0.75, 0.1


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Bottleneck(nn.Module):
    """Two 3x3 convolutions through half the channels, added to the input."""

    def __init__(self, channels: int):
        super().__init__()
        self.reduce = conv(channels, channels // 2)
        self.expand = nn.Sequential(
            nn.Conv2d(channels // 2, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x):
        return functional.relu(x + self.expand(self.reduce(x)))


class Context(nn.Module):
    """What the whole picture looks like, added everywhere: a hall, a chute, night."""

    def __init__(self, channels: int):
        super().__init__()
        self.mix = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        return functional.relu(x + self.mix(x.mean((2, 3), keepdim=True)))


class Texture(nn.Module):
    """Fixed features: how strong and how directed the picture's gradients are, at three scales, at stride 4.

    Load is granular: gradients of its contrast point everywhere, while belts, steel and walls are smooth or striped.
    Gradients of the logarithm don't depend on the light. Given rather than learnt (structure tensors, Bigun 1987),
    since a small network spends most of a short training finding them.
    """

    CHANNELS = 9

    def __init__(self):
        super().__init__()
        sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
        self.register_buffer("sobel", torch.stack((sobel, sobel.T))[:, None], persistent=False)

    @torch.no_grad()
    def forward(self, x):
        light = torch.log(x.mean(1, keepdim=True) + 0.06)
        found = []
        for scale in (1, 2, 4):
            small = functional.avg_pool2d(light, scale) if scale > 1 else light
            gradient = functional.conv2d(small, self.sobel, padding=1)
            across, down = gradient[:, :1], gradient[:, 1:]
            tensor = torch.cat((across * across, down * down, across * down), 1)
            if scale < 4:
                tensor = functional.avg_pool2d(tensor, 4 // scale)
            tensor = functional.avg_pool2d(tensor, 5, 1, 2, count_include_pad=False)
            energy = tensor[:, :1] + tensor[:, 1:2]
            # The smaller eigenvalue's share: near 0 on edges and stripes, near 1 on grains.
            spread = (tensor[:, :1] - tensor[:, 1:2]) ** 2 + 4 * tensor[:, 2:] ** 2
            evenness = 1 - torch.sqrt(spread + 1e-9) / (energy + 1e-4)
            strength = torch.log(energy + 1e-4) / 3 + 2
            found += [strength, evenness, strength - functional.avg_pool2d(strength, 9, 1, 4, count_include_pad=False)]
        return torch.cat(found, 1)


class Detail(nn.Module):
    """Unsmoothed brightness and gradient strength at stride 4, against their surroundings: gaps between single lumps."""

    CHANNELS = 4

    @torch.no_grad()
    def forward(self, x):
        light = torch.log(x.mean(1, keepdim=True) + 0.06)
        four = functional.avg_pool2d(light, 4)
        rough = torch.log(functional.avg_pool2d(light * light, 4) - four * four + 1e-4) / 3 + 2
        around = [v - functional.avg_pool2d(v, 9, 1, 4, count_include_pad=False) for v in (four, rough)]
        return torch.cat((four, rough, *around), 1)


class Head(nn.Module):
    """Per cell: four distances, one score, the coefficients."""

    def __init__(self, stride: int):
        super().__init__()
        self.stride = stride
        self.body = conv(PYRAMID, 48)
        self.out = nn.Conv2d(48, 4 + 1 + PROTOTYPES, 1)
        nn.init.normal_(self.out.weight, std=0.01)
        nn.init.zeros_(self.out.bias)
        with torch.no_grad():
            self.out.bias[4] = -2.0
            # The first prototype is the semantic map; at first every mask is just that.
            self.out.bias[5] = 1.0

    def forward(self, x):
        return self.out(self.body(x))


class CoalNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 16, 3, 2), conv(16, 32, 3, 2), Bottleneck(32))
        self.texture = Texture()
        self.texture4 = conv(Texture.CHANNELS, 32, 1)
        self.texture8 = conv(Texture.CHANNELS, 64, 1)
        self.stage8 = nn.Sequential(conv(32, 64, 3, 2), Bottleneck(64), Bottleneck(64))
        self.stage16 = nn.Sequential(conv(64, 128, 3, 2), Bottleneck(128), Bottleneck(128))
        self.stage32 = nn.Sequential(conv(128, 160, 3, 2), Bottleneck(160), Context(160))
        self.lateral32 = conv(160, PYRAMID, 1)
        self.lateral16 = conv(128, PYRAMID, 1)
        self.lateral8 = conv(64, PYRAMID, 1)
        self.smooth16 = conv(PYRAMID, PYRAMID)
        self.smooth8 = conv(PYRAMID, PYRAMID)
        self.reduce8 = conv(PYRAMID, 32, 1)
        self.lateral4 = conv(32, 32, 1)
        self.smooth4 = conv(32, 32)
        self.detail = Detail()
        self.detail4 = conv(Detail.CHANNELS, 32)
        self.refine4 = Bottleneck(32)
        nn.init.zeros_(self.refine4.expand[1].weight)
        self.prototypes = nn.Conv2d(32, PROTOTYPES, 1)
        self.heads = nn.ModuleList(Head(stride) for stride in STRIDES)

    def learn_outlines_only(self):
        """Keeps what tells load from the rest; the fine map and the heads go on learning, at a third of the cost."""
        learning = (self.reduce8, self.lateral4, self.smooth4, self.detail4, self.refine4, self.prototypes, self.heads)
        for parameter in self.parameters():
            parameter.requires_grad_(False)
        self.eval()
        for module in learning:
            module.train()
            for parameter in module.parameters():
                parameter.requires_grad_(True)

    def forward(self, x):
        """Raw maps: prototypes [n, nm, h/4, w/4] and per stride [n, 4+1+nm, h/s, w/s]."""
        texture = self.texture(x)
        four = self.stem((x - 0.4) * 4) + self.texture4(texture)
        eight = self.stage8(four) + self.texture8(functional.avg_pool2d(texture, 2))
        sixteen = self.stage16(eight)
        pyramid32 = self.lateral32(self.stage32(sixteen))
        pyramid16 = self.smooth16(self.lateral16(sixteen) + double(pyramid32))
        pyramid8 = self.smooth8(self.lateral8(eight) + double(pyramid16))
        fine = self.smooth4(self.lateral4(four) + double(self.reduce8(pyramid8)) + self.detail4(self.detail(x)))
        fine = self.refine4(fine)
        maps = [head(p) for head, p in zip(self.heads, (pyramid8, pyramid16, pyramid32))]
        return self.prototypes(fine), maps


def double(x):
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def centres(height: int, width: int, stride: int) -> torch.Tensor:
    """Cell centres in input pixels, [1, 2, h, w]."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return (torch.stack((x, y))[None].float() + 0.5) * stride


def decode_boxes(raw: torch.Tensor, stride: int) -> torch.Tensor:
    """Raw distances [n, 4, h, w] to corners x1, y1, x2, y2 in input pixels."""
    middle = centres(raw.shape[2], raw.shape[3], stride)
    distance = functional.softplus(raw) * (4 * stride)
    return torch.cat((middle - distance[:, :2], middle + distance[:, 2:]), 1)


class ExportedNetwork(nn.Module):
    """The layout of a v8/11 segmentation export: output0 [1, 4+1+nm, 2100], output1 [1, nm, 80, 80]."""

    def __init__(self, network: CoalNetwork):
        super().__init__()
        self.network = network

    def forward(self, images):
        prototypes, maps = self.network(images)
        semantic = torch.eye(1, PROTOTYPES)[0].view(1, PROTOTYPES, 1, 1)
        rows = []
        for raw, stride in zip(maps, STRIDES):
            coefficients = (1 - SEMANTIC_SHARE) * raw[:, 5:] + SEMANTIC_SHARE * semantic
            corners = decode_boxes(raw[:, :4], stride).clamp(0, SIZE)
            middle = (corners[:, :2] + corners[:, 2:]) / 2
            extent = corners[:, 2:] - corners[:, :2]
            rows.append(torch.cat((middle, extent, raw[:, 4:5].sigmoid(), coefficients), 1).flatten(2))
        return torch.cat(rows, 2), prototypes - MARGIN * semantic
