"""The application's rule for blockages, so that a model is measured by what an operator would be told."""

import numpy as np

ON, OFF, DELAY_SECONDS, SMOOTH_SECONDS = 0.73, 0.60, 2.5, 1.0


def blocked(row: list[tuple[float, float]]) -> list[tuple[float, float | None]]:
    """Intervals from [seconds, coverage]: the moments at which the delays are up; None is still blocked."""
    found: list[tuple[float, float | None]] = []
    since = start = None
    for i, (t, _) in enumerate(row):
        recent = sorted(c for s, c in row[: i + 1] if s > t - SMOOTH_SECONDS - 1e-9)
        value = recent[len(recent) // 2]
        if not (value >= ON if start is None else value < OFF):
            since = None
            continue
        since = t if since is None else since
        if t - since < DELAY_SECONDS - 1e-9:
            continue
        if start is None:
            start = t
        else:
            found.append((start, t))
            start = None
        since = None
    return found + ([(start, None)] if start is not None else [])


def compare(truth: list, found: list) -> dict[str, float]:
    """Missed and false blockages, and the worst difference of starts that belong together."""
    late = [abs(t[0] - f[0]) for t in truth for f in found if overlaps(t, f)]
    return {
        "missed": sum(not any(overlaps(t, f) for f in found) for t in truth),
        "false": sum(not any(overlaps(t, f) for t in truth) for f in found),
        "start": float(np.max(late)) if late else 0.0,
    }


def overlaps(a, b) -> bool:
    end = lambda interval: np.inf if interval[1] is None else interval[1]
    return a[0] < end(b) and b[0] < end(a)
