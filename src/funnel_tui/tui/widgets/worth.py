"""What every number is worth with the sources at hand, and why: the worst on top, by source where there are several."""

from collections.abc import Sequence

from funnel_tui.charts.cells import Line, Span, cell_width, join, style
from funnel_tui.model.boards import MetricQuality, Place
from funnel_tui.model.values import MetricValue, Report
from funnel_tui.tui.comparing import LAYERS
from funnel_tui.tui.sourcing import QUALITY_ROLES, QUALITY_WORDS, badness, reasons
from funnel_tui.tui.table import Column, Order

from .panel import wrap
from .table import TablePane

_MOST = 4
"""Sources that get a column of their own; of more, the reasons below tell."""
_ORDER = {layer: index for index, layer in enumerate(LAYERS)}


class WorthTable(TablePane[MetricQuality]):
    TITLE = "WHAT NUMBERS ARE WORTH"
    NOUN = ("number", "numbers")

    def __init__(self, pane: str) -> None:
        super().__init__(pane, order=Order("quality"))
        self._names: tuple[str, ...] = ()

    def show(self, metrics: Sequence[MetricQuality], report: Report | None) -> None:
        """Other metrics; does not draw."""
        self.report = report
        names = dict.fromkeys(name for metric in metrics for name, _, _ in metric.by_source)
        self._names = tuple(names) if 1 < len(names) <= _MOST else ()
        each = (self._by(name) for name in self._names)
        columns = (
            Column[MetricQuality]("layer", "", 1, _all_words, _layer_place, words="grouped by layer", drawn=_layer),
            Column[MetricQuality](
                "label", "number", 26, lambda metric: metric.label, metric=self._value, place=_place
            ),
            Column[MetricQuality](
                "quality", "worth", 9, _quality, lambda metric: badness(metric.quality), role=_role,
                words="worst first", metric=self._value, place=_place,
            ),
            *each,
            Column[MetricQuality](
                "why", "why", 0, lambda metric: next(iter(reasons(metric)), ""), role="muted", metric=self._value
            ),
        )  # fmt: skip
        self.fill(metrics, columns, lambda metric: metric.metric)

    def _by(self, name: str) -> Column[MetricQuality]:
        """What one source makes of the metrics; nothing where a metric is not its business."""

        def quality(metric: MetricQuality) -> str | None:
            return next((quality for source, quality, _ in metric.by_source if source == name), None)

        return Column(
            f"by {name}",
            name,
            9,
            lambda metric: QUALITY_WORDS.get(quality(metric) or "", ""),
            lambda metric: badness(found) if (found := quality(metric)) else None,
            role=lambda metric: QUALITY_ROLES.get(quality(metric) or "", "muted"),
            least=90,
            metric=self._value,
        )

    def _value(self, metric: MetricQuality) -> MetricValue | None:
        return self.report.metrics.get(metric.metric) if self.report else None

    def under(self, width: int) -> Sequence[Line]:
        """Every reason of the current number in full."""
        metric = self.current
        if metric is None:
            return ()
        said = reasons(metric) or ("exact: counted from single records.",)
        lines = [line for reason in said for line in wrap(reason, width - 1)]
        rest = width - cell_width(f"─ {metric.label} {metric.metric} ")
        head = [
            ("─ ", style("track")),
            (metric.label, style("text", bold=True)),
            (f" {metric.metric} ", style("muted")),
        ]
        rule = join([*head, ("─" * rest, style("track"))], width)
        return rule, *(join([(line, style("text"))], width) for line in lines)


def _layer(metric: MetricQuality, width: int) -> Line:
    word, role = LAYERS.get(metric.layer, (metric.layer, "text"))
    return (Span(word[:1], style(role, bold=True)),)


def _layer_place(metric: MetricQuality) -> float:
    return float(_ORDER.get(metric.layer, 9))


def _all_words(metric: MetricQuality) -> str:
    """Not shown: what `/` finds a row by besides its cells."""
    return " ".join((LAYERS.get(metric.layer, (metric.layer,))[0], metric.metric, *reasons(metric)))


def _quality(metric: MetricQuality) -> str:
    return QUALITY_WORDS.get(metric.quality, metric.quality)


def _role(metric: MetricQuality) -> str:
    return QUALITY_ROLES.get(metric.quality, "muted")


def _place(metric: MetricQuality) -> Place | None:
    return None if metric.quality == "unavailable" else Place(metric.metric)
