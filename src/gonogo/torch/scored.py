"""The state that ranking metrics share: scores, kept while they fit a budget, counted beyond it.

Exact as long as the scores of all processes together take at most the budget: a sync gathers the
anomalous scores alone, and adds integers that say how the scores of each process lie among them.
Beyond the budget scores are counted on a grid of fixed size between the lowest and the highest of
all; processes agree on these two, and a sync adds the integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary
from torchmetrics import Metric

from gonogo import _check
from gonogo.errors import InputError, InputWarning, MergeError, warn
from gonogo.grid import keys_of
from gonogo.states import BinCounts, RankCounts, Ranked, Span, SpannedGrid
from gonogo.states.fixed_grid import FIXED_BITS
from gonogo.torch.answers import Answering
from gonogo.torch.gathering import Gather, Gathering
from gonogo.torch.metric import AnomalyMetric
from gonogo.torch.ranking import distinct_of, grid_of, is_wide, ranked
from gonogo.torch.readings import Reading, read, refuse_mixed
from gonogo.types import Connectivity, Mode

__all__ = ["DEFAULT_BUDGET", "ScoredMetric"]

DEFAULT_BUDGET = 1 << 30
_FEWEST_BITS = 8
_BIN_BYTES = 48
"""What a bin of the grid takes: four counts, the lowest and the highest key."""
_ELEMENTS, _ANOMALOUS, _REGIONS, _BYTES, _NARROW, _FLAT, _GRIDDED, *_CONVENTIONS = range(9)
_WAITING = 1 << 26
"""Bytes of scores that are counted on the grid together: counting few at a time is slow."""
_LISTS = ("scores", "anomalous", "areas")
_GRID = ("grid", "zeros", "bin_lowest", "bin_highest", "span")
_STATES = (*_LISTS, "counted", "ranks", *_GRID, "lowest", "highest")
_EXTREME = 2**63 - 1

_RANKS: WeakTensorKeyDictionary = WeakTensorKeyDictionary()
"""Counts by the tensor ``counted`` of the state: metrics that share it rank its scores once."""
_AMONG: WeakTensorKeyDictionary = WeakTensorKeyDictionary()
"""The same for the scores of one process among the anomalous ones of all."""


class _Scores(Gathering, Answering, Metric):  # type: ignore[misc]  # torch ships no types here
    """``update`` and the state of :class:`ScoredMetric`; a ranking metric adds ``derived``."""

    full_state_update = False
    is_differentiable = False
    needs_maps: ClassVar[bool] = False

    scores: list[Tensor]
    anomalous: list[Tensor]
    areas: list[Tensor]
    counted: Tensor
    ranks: Tensor
    grid: Tensor
    zeros: Tensor
    bin_lowest: Tensor
    bin_highest: Tensor
    span: Tensor
    lowest: Tensor
    highest: Tensor
    asked: Tensor
    counts_computed: Any = None

    def __init__(
        self,
        *,
        mode: Mode = "auto",
        budget: int | str | None = None,
        connectivity: Connectivity = 8,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.settings = _check.settings(mode=mode, budget=budget, connectivity=connectivity)
        for name in _LISTS:
            self.add_state(name, [], dist_reduce_fx=None)
        self.add_state("counted", torch.zeros(9, dtype=torch.int64), dist_reduce_fx="sum")
        self.add_state("ranks", torch.zeros((2, 0), dtype=torch.int64), dist_reduce_fx="sum")
        self.add_state("grid", torch.zeros((4, 0), dtype=torch.int64), dist_reduce_fx="sum")
        self.add_state("zeros", torch.zeros(4, dtype=torch.int64), dist_reduce_fx="sum")
        nothing = torch.zeros(0, dtype=torch.int64)
        self.add_state("bin_lowest", nothing, dist_reduce_fx="min")
        self.add_state("bin_highest", nothing.clone(), dist_reduce_fx="max")
        self.add_state("span", torch.zeros(3, dtype=torch.int64), dist_reduce_fx="max")
        self.add_state("lowest", torch.tensor(_EXTREME), dist_reduce_fx="min")
        self.add_state("highest", torch.tensor(-_EXTREME), dist_reduce_fx="max")

    @property
    def mode(self) -> Literal["exact", "certified"]:
        """Whether the metric is exact so far, or an interval."""
        certified = self.settings.mode == "certified" or self.grid.shape[1]
        return "certified" if certified else "exact"

    def update(self, preds: Any, target: Any) -> None:
        """Count scores with their labels: vectors, or maps with their masks."""
        for reading in self.readings(preds, target):
            if self.needs_maps and reading.maps is None:
                raise InputError(
                    f"{self.name}: found preds of shape {tuple(np.shape(preds))}; expected maps "
                    "(H, W), (N, H, W) or (N, 1, H, W), because it is about regions"
                )
            if reading.scores.numel():
                self._count(reading)

    def readings(self, preds: Any, target: Any) -> list[Reading]:
        """What is counted of an update."""
        return read(preds, target, self.name)

    def compute(self) -> Any:
        """The metric of all scores so far, as a tensor of float64; more may follow."""
        self.counts_computed = self.counts()
        return self.derived(self.counts_computed)

    def derived(self, counts: RankCounts | BinCounts) -> Any:
        """What ``compute`` gives, from how the anomalous scores lie among the normal ones."""
        raise NotImplementedError

    def counts(self) -> RankCounts | BinCounts:
        """How the anomalous scores lie among the normal ones."""
        known: RankCounts | BinCounts | None = _RANKS.get(self.counted)
        if known is None:
            state = self.counted
            known = self._ranked()
            _RANKS[state] = _RANKS[self.counted] = known
        return known

    def merge_state(self, incoming_state: Any) -> None:
        """Add the state of another metric that counts the same; it is left as it is.

        Raises:
            MergeError: it counts other fields, or with other settings.
        """
        other = incoming_state
        if not isinstance(other, Mapping):
            other = getattr(other, "metric_state", {})
        lacking = [name for name in (*_STATES, "batches", "asked") if name not in other]
        if lacking:
            raise MergeError(f"{self.name}: cannot add a state without {', '.join(lacking)}")
        _refuse_unlike(self.name, torch.stack([self.asked, other["asked"].to(self.asked.device)]))
        counted = other["counted"].to(self.counted.device)
        _refuse_mixed(self.name, self.counted + counted)
        for name in _LISTS:
            setattr(self, name, [*getattr(self, name), *other[name]])
        self.counted = self.counted + counted
        self.batches = self.batches + other["batches"].to(self.batches.device)
        self._widen(int(other["lowest"]), int(other["highest"]))
        if other["grid"].shape[1]:
            self._leave_lists()
            whole = self._grid()
            self._put_grid(whole + _spanned_grid(other).moved(whole.span))
        self._settle()

    def _reduce_states(self, incoming_state: Mapping[str, Any]) -> None:
        """Of torchmetrics, in ``forward``: what came before, and with it the batch that is here.

        It would add state by state, which those of two modes, or of two spans, do not.
        """
        batch = dict(self.metric_state)
        for name, value in incoming_state.items():
            setattr(self, name, value)
        self.merge_state(batch)

    def reset(self) -> None:
        """Forget all scores."""
        super().reset()
        self.counts_computed = None

    def set_dtype(self, dst_type: Any) -> Any:  # noqa: ARG002 - torchmetrics' own signature
        """Nothing: scores keep the dtype they came in, counts are integers."""
        return self

    def state_key(self) -> str:
        """What metrics have in common that may share a state."""
        return repr(self.settings)

    def _count(self, reading: Reading) -> None:
        found, scores = reading.anomalous(), reading.scores
        each, regions = reading.areas(self.settings.connectivity)
        size = scores.numel() * scores.element_size()
        size += found.numel() * (found.element_size() + each.itemsize)
        flat = scores.numel() if reading.maps is None else 0
        narrow = 0 if is_wide(scores.dtype) else scores.numel()
        fresh = [scores.numel(), found.numel(), regions, size, narrow, flat, 0, *reading.shown()]
        counted = self.counted + torch.tensor(fresh, device=self.counted.device)
        _refuse_mixed(self.name, counted)
        self.counted = counted
        self._widen(*keys_of(np.array(reading.extent)).tolist())
        areas = torch.from_numpy(each).to(found.device)
        for name, part in zip(_LISTS, (scores.clone(), found, areas), strict=True):
            setattr(self, name, [*getattr(self, name), part])  # others may share the list
        self._settle()

    def _settle(self) -> None:
        """Count on the grid what waits, where it is too much to be kept."""
        size, gridded = int(self.counted[_BYTES]), int(self.counted[_GRIDDED])
        if self.mode == "certified":
            if size - gridded > min(_WAITING, self._budget):
                self._leave_lists()
        elif self.settings.mode == "auto" and size > self._budget:
            warn(
                f"{self.name}: the scores take more than {self._budget} bytes, so they are counted "
                "on a grid from here on, and results are intervals that contain the exact values "
                '(.interval); name a larger budget, or mode="exact"',
                InputWarning,
            )
            self._leave_lists()

    def _leave_lists(self, span: Span | None = None) -> None:
        """Count on the grid what is in the lists, and leave them empty."""
        if span is None:
            span = self._around(self.counted, self.lowest, self.highest)
        flat = bool(self.counted[_FLAT])
        kept = self.scores, self.anomalous, self.areas
        grid = grid_of(*kept, span=span, size=self._bins, flat=flat)
        if self.grid.shape[1]:
            grid += self._grid().moved(span)
        self._put_grid(grid)
        self.scores, self.anomalous, self.areas = [], [], []
        counted = self.counted.clone()
        counted[_GRIDDED] = counted[_BYTES]
        self.counted = counted

    def _grid(self) -> SpannedGrid:
        return _spanned_grid(self.metric_state)

    def _put_grid(self, grid: SpannedGrid) -> None:
        device, span = self.counted.device, grid.span
        self.grid = torch.from_numpy(grid.counts).to(device)
        self.zeros = torch.from_numpy(grid.zeros).to(device)
        self.bin_lowest, self.bin_highest = torch.from_numpy(grid.ends).to(device)
        self.span = torch.tensor([span.bits, span.first, span.floor], device=device)

    def _around(self, counted: Tensor, lowest: Tensor, highest: Tensor) -> Span:
        """The span of all scores between two keys; anywhere, where there are none."""
        low, high = int(min(lowest, highest)), int(highest)
        return Span.around(low, high, self._bins, narrow=bool(counted[_NARROW]))

    def _widen(self, lowest: int, highest: int) -> None:
        """Take in keys of scores down to one and up to another."""
        self.lowest = self.lowest.clamp(max=lowest)
        self.highest = self.highest.clamp(min=highest)

    @property
    def _budget(self) -> int:
        return self.settings.budget or DEFAULT_BUDGET

    @property
    def _bins(self) -> int:
        """Size of the grid: what the budget has room for, and never more than is quick to sync."""
        return 1 << max(
            _FEWEST_BITS, min(FIXED_BITS, (self._budget // _BIN_BYTES).bit_length() - 1)
        )

    def _ranked(self) -> RankCounts | BinCounts:
        elements, _, regions, _, narrow, *_ = self.counted.tolist()
        if self.mode == "certified":
            if self.scores or not self.grid.shape[1]:
                self._leave_lists()
            return self._grid().ranks()
        distinct = distinct_of(self.anomalous, self.areas, regions)
        if self.joined:
            below, at = self.ranks.cpu().numpy()
        else:
            among = ranked(distinct, self.scores)
            below, at = among.below, among.at
        dtype = np.dtype(np.float32 if narrow == elements else np.float64)
        return Ranked(below, at, elements, dtype).counts(distinct)

    def level(self, gather: Gather) -> dict[str, Any]:
        """On the grid if all together need it; else ranks among the anomalous scores of all.

        Every process sees the numbers of all before any of them changes its form, so all agree.

        Raises:
            MergeError: processes count other fields, or with other settings.
        """
        on_grid = self.counted.new_tensor([self.grid.shape[1]])
        range_of_keys = torch.stack([self.lowest, self.highest])
        mine = torch.cat([self.asked, range_of_keys, self.counted, on_grid])
        every = torch.stack(gather(mine))
        width = len(self.asked)
        asked, lowest, highest, counts = every.split([width, 1, 1, len(mine) - width - 2], 1)
        _refuse_unlike(self.name, asked)
        total = counts.sum(0)
        _refuse_mixed(self.name, total)
        over = self.settings.mode == "auto" and int(total[_BYTES]) > self._budget
        if over or self.settings.mode == "certified" or int(total[-1]):
            self._leave_lists(self._around(total, lowest.min(), highest.max()))
            return {}
        narrow = int(total[_NARROW]) == int(total[_ELEMENTS])
        dtype = torch.float32 if narrow else torch.float64
        scores, areas = self._alone(self.anomalous, dtype), self._alone(self.areas, torch.int64)
        pool = {"anomalous": gather(scores), "areas": gather(areas)}
        distinct = distinct_of(pool["anomalous"], pool["areas"], int(total[_REGIONS]))
        known = _AMONG.get(self.counted)
        if known is None or not np.array_equal(known[0], distinct.scores):
            found = ranked(distinct, self.scores)
            known = distinct.scores, torch.from_numpy(np.stack([found.below, found.at]))
            _AMONG[self.counted] = known
        self.ranks = known[1].to(self.counted.device)
        self.scores, self.anomalous, self.areas = [], [], []
        return pool

    def _alone(self, parts: Sequence[Tensor], dtype: torch.dtype) -> Tensor:
        """All parts as one tensor where the metric is, without losing a bit."""
        here = self.counted.device
        nothing = torch.empty(0, dtype=dtype, device=here)
        return torch.cat([nothing, *(part.to(here, dtype) for part in parts)])


class ScoredMetric(AnomalyMetric, _Scores):
    """A metric of anomaly scores and labels, higher = more anomalous, of any range and dtype.

    ``update`` takes scores and labels of one shape: ``(N,)`` for images, ``(H, W)``,
    ``(N, H, W)`` or ``(N, 1, H, W)`` for pixels, or lists of images of any sizes. Labels are bool,
    0/1, or 0/255 as uint8. No score passes through a sigmoid, and no batch is different from the
    same elements one by one. ``compute`` gives a float64 tensor, nan with a ``reason`` and an
    ``UndefinedMetricWarning`` where the data does not define the metric. Metrics with the same
    fields and settings share their state in a ``torchmetrics.MetricCollection``.

    Args:
        fields: names of the scores and the labels in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        mode: ``"exact"`` keeps all scores, ``"certified"`` counts them on a grid of fixed size;
            ``"auto"`` is exact as long as the scores of all processes take at most ``budget``.
        budget: in bytes or as text; 1 GiB by default.
        connectivity: 8 or 4, of regions.
        kwargs: those of ``torchmetrics.Metric``.
    """


def _spanned_grid(state: Mapping[str, Tensor]) -> SpannedGrid:
    counts, zeros, lowest, highest, span = (state[name].cpu().numpy() for name in _GRID)
    return SpannedGrid(counts, zeros, np.stack([lowest, highest]), Span(*span.tolist()))


def _refuse_unlike(name: str, asked: Tensor) -> None:
    if bool((asked != asked[0]).any()):
        raise MergeError(
            f"{name}: cannot add states that count other fields, or with other settings (mode, "
            "budget, connectivity); make all of them with the same"
        )


def _refuse_mixed(name: str, counted: Tensor) -> None:
    if int(counted[_FLAT]) not in (0, int(counted[_ELEMENTS])):
        raise InputError(
            f"{name}: found vectors of scores and maps; give one of the two, and count the other "
            "with a metric of its own"
        )
    refuse_mixed(name, counted[_CONVENTIONS])
