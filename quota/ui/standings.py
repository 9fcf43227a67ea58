"""What the leaderboard ranks by: the metrics that the data can answer, in words."""

from __future__ import annotations

import pandas as pd

from quota import answers, i18n
from quota.columns import KINDS
from quota.rules import paid_in
from quota.ui import cache
from quota.ui.state import Here


def metrics(here: Here) -> dict[str, str]:
    """Metric → its name: attainment, points, each kind that was recorded, what was won."""
    recorded = set(here.everyone.cube["kind"].unique())
    counts = {f"count:{kind}": i18n.kinds_label(kind, here.lang) for kind in KINDS if kind in recorded}
    currencies = paid_in(here.everyone.cube, "won")
    amounts = {
        f"amount:won:{currency}".rstrip(":"): here.text("leaderboard.won_amount", currency=currency).strip()
        for currency in currencies
    }
    always = {
        "attainment": here.text("leaderboard.attainment"),
        "points": here.text("kind.points"),
    }
    return always | counts | amounts


def ranks(here: Here, metric: str) -> pd.DataFrame:
    """`leaderboard.ranks` of everybody in the chosen team; a chosen rep is not taken out of the race."""
    facts = cache.narrowed(here.workspace.location, here.version, here.team, None)
    return cache.once(
        lambda: answers.ranking(facts, here.period, here.as_of, metric),
        *("ranks", *here.scope[:-1], here.period.key, here.as_of, metric),
    )


def explained(here: Here, metric: str) -> str:
    """What is compared, and what is fair about it."""
    if metric == "attainment":
        return here.text("leaderboard.attainment_help")
    if metric == "points":
        own = not here.everyone.plan.points.empty
        return here.text("leaderboard.own_points_help" if own else "leaderboard.points_help")
    return here.text("leaderboard.sum_help")
