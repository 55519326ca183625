"""Loss on the union first: the semantic map, then scores, boxes, and the masks that cells really make."""

import numpy as np
import torch
from torch.nn import functional

from network import STRIDES, decode_boxes

MASKS_PER_PICTURE = 6


def compute(prototypes, maps, assigned: list, dice: float):
    """`assigned` holds what `targets.assign` made of each mask. `dice` helps regions to be found at all, but fills gaps
    between lumps that are hard to tell apart: 0 where outlines are learnt.
    """
    soft = torch.from_numpy(np.stack([item[0] for item in assigned]))
    mixed = mixture(soft)
    semantic = union_loss(prototypes[:, 0], soft, mixed, dice)
    score_loss = box_loss = mask_loss = torch.zeros(())
    for level, (raw, stride) in enumerate(zip(maps, STRIDES)):
        score = torch.from_numpy(np.stack([item[1][level][0] for item in assigned])).float()
        boxes = torch.from_numpy(np.stack([item[1][level][1] for item in assigned]))
        known = score >= 0
        each = functional.binary_cross_entropy_with_logits(raw[:, 4], score.clamp(min=0), reduction="none")
        weight = known.float()
        score_loss = score_loss + (each * weight).sum() / weight.sum().clamp(min=1)
        positive = score > 0
        if not positive.any():
            continue
        predicted = decode_boxes(raw[:, :4], stride).permute(0, 2, 3, 1)[positive]
        truth = boxes.permute(0, 2, 3, 1)[positive]
        box_loss = box_loss + (1 - generalised_iou(predicted, truth)).mean()
        mask_loss = mask_loss + cell_masks(prototypes, raw, positive, truth, soft, mixed)
    total = 2 * semantic + score_loss + box_loss + mask_loss
    return total, {"union": semantic, "score": score_loss, "box": box_loss, "mask": mask_loss}


def mixture(soft):
    """More weight where load and bed lie close together: filled gaps between lumps are false coverage."""
    near = functional.avg_pool2d(soft[:, None], 9, 1, 4)[:, 0]
    return 1 + 8 * near * (1 - near)


def union_loss(logits, soft, weight, dice: float):
    cross = (functional.binary_cross_entropy_with_logits(logits, soft, reduction="none") * weight).mean()
    probability = logits.sigmoid()
    both = (probability * soft).sum((1, 2))
    apart = 1 - (2 * both + 20) / (probability.sum((1, 2)) + soft.sum((1, 2)) + 20)
    return cross + dice * apart.mean()


def cell_masks(prototypes, raw, positive, truth, soft, weight):
    """What some cells' coefficients make of the prototypes, within their true boxes, against the union."""
    picture, row, column = positive.nonzero(as_tuple=True)
    keep = torch.randperm(len(picture))[: MASKS_PER_PICTURE * len(soft)]
    picture, row, column, box = picture[keep], row[keep], column[keep], truth[keep] / 4
    coefficients = raw[picture, 5:, row, column]
    logits = torch.einsum("nk,nkhw->nhw", coefficients, prototypes[picture])
    size = soft.shape[1]
    axis = torch.arange(size) + 0.5
    across = (axis >= box[:, None, 0]) & (axis < box[:, None, 2])
    down = (axis >= box[:, None, 1]) & (axis < box[:, None, 3])
    inside = (down[:, :, None] & across[:, None, :]) * weight[picture]
    each = functional.binary_cross_entropy_with_logits(logits, soft[picture], reduction="none") * inside
    return (each.sum((1, 2)) / inside.sum((1, 2)).clamp(min=1)).mean()


def generalised_iou(a, b):
    low = torch.maximum(a[:, :2], b[:, :2])
    high = torch.minimum(a[:, 2:], b[:, 2:])
    both = (high - low).clamp(min=0).prod(1)
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - both
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).prod(1)
    return both / union.clamp(min=1) - (hull - union) / hull.clamp(min=1)
