"""Frame → Plotly figure with its words. Nothing here computes a metric or shows anything.

Every chart takes the frame of a metric and a language, and returns a `Chart`: the figure, a
title that states the finding, a subtitle that names what is drawn, and an `alt` for those who
cannot see it. The finding is a function of the frame alone and can be had without the figure.
"""

from quota.charts.attainment import attainment_bars, attainment_finding
from quota.charts.balance import balance_dots, balance_finding, corner
from quota.charts.canvas import Chart, config
from quota.charts.comparison import comparison_finding, funnel_compare
from quota.charts.history import heatmap, heatmap_finding, trend, trend_finding
from quota.charts.leaderboard import leaderboard_bars, leaderboard_finding
from quota.charts.running import Goal, cumulative, cumulative_finding
from quota.charts.stages import funnel, funnel_finding, funnel_groups, groups_finding
from quota.charts.theme import status_label

__all__ = [
    "Chart",
    "Goal",
    "attainment_bars",
    "attainment_finding",
    "balance_dots",
    "balance_finding",
    "comparison_finding",
    "config",
    "corner",
    "cumulative",
    "cumulative_finding",
    "funnel",
    "funnel_compare",
    "funnel_finding",
    "funnel_groups",
    "groups_finding",
    "heatmap",
    "heatmap_finding",
    "leaderboard_bars",
    "leaderboard_finding",
    "status_label",
    "trend",
    "trend_finding",
]
