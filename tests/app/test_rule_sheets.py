"""Sheets of quotas and people on the data page: refused rows, keeping the good ones, from when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from quota.workspace import Workspace
from tests.app.conftest import Open, sound, words
from tests.app.test_data import button, drop, press

QUOTAS = "quota,who,kind,target,every\nCoffee,everyone,meeting,5,week\nMails,Mette Holmm,email,9,week\n"


def names(folder: Path) -> set[str]:
    return set(Workspace.open(folder).table("quotas")["quota"])


def test_a_bad_row_is_refused_with_its_cure_and_the_good_ones_kept_only_if_asked(
    sampled: Path, visit: Open
) -> None:
    app = drop(visit("data"), quotas=QUOTAS)
    said = words(app)
    assert "Row 3: Nobody is called “Mette Holmm”" in said
    assert "Did you mean “Mette Holm”?" in said
    assert "tick below that the good ones are kept" in said
    assert button(app, "_import").disabled
    (tick,) = [box for box in app.checkbox if str(box.key).endswith("_keep_good")]
    app = press(sound(tick.set_value(True).run()), "_import")
    assert "quotas.csv**  \n1 new, 1 refused" in words(app)
    assert names(sampled) >= {"Coffee"}
    assert "Mails" not in names(sampled)


def test_somebody_who_will_come_can_be_kept(sampled: Path, visit: Open) -> None:
    app = drop(visit("data"), quotas=QUOTAS)
    (tick,) = [box for box in app.checkbox if str(box.key).endswith("_keep_unknown")]
    app = sound(tick.set_value(True).run())
    assert not button(app, "_import").disabled
    press(app, "_import")
    assert names(sampled) >= {"Coffee", "Mails"}


def test_a_changed_quota_says_from_when_and_another_day_can_be_said(sampled: Path, visit: Open) -> None:
    first = "quota,kind,target,every\nCoffee,meeting,{},week\n"
    app = press(drop(visit("data"), quotas=first.format(5)), "_import")
    app = drop(app, changed=first.format(7))
    assert "1 row changes what held: from" in words(app)
    assert "28 September 2026" in words(app), "the week in which the sample lives"
    (day,) = [box for box in app.date_input if str(box.key).endswith("_since")]
    app = sound(day.set_value(date(2026, 10, 12)).run())
    assert "12 October 2026" in words(app)
    app = press(app, "_import")
    assert "12 October 2026" in words(app), "the receipt says it too"
    rows = Workspace.open(sampled).table("quotas").query("quota == 'Coffee'")
    assert rows["target"].tolist() == [5, 7]
    assert rows["from"].tolist()[1] == date(2026, 10, 12)
