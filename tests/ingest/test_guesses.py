"""No misread is silent: every guess of the reader, the confidence that it takes, and the voice it has.

A guess is what the file suggests without saying it. Below the confidence stated it is a question, a note
or a refusal, and each of these is provoked here by a file that does just that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pytest

from quota import i18n
from quota.ingest.doubts import SURE
from quota.ingest.reader import read_file
from quota.ingest.records import Choices


@dataclass(frozen=True)
class Guess:
    """What is guessed, from when on it is taken as certain, a file where it is not, and who speaks up."""

    what: str
    certain: str
    text: str
    code: str
    name: str = "export.csv"
    choices: Mapping[str, object] = field(default_factory=dict)


GUESSES = (
    Guess(
        "which of two numbers is the day",
        "one value above 12, dots, a clock with am or pm, or another column of the table",
        "Rep,Date,Type\nAnn,03/04/2026,Call\nBob,05/06/2026,Call\n",
        "date_order",
    ),
    Guess(
        "in which week a Sunday lies whose other days stand across",
        "a heading that names a week's first or last day",
        "Calls\nDate,Rep,Sun,Mon,Tue\n2026-11-01,Ann,1,4,3\n2026-11-08,Bob,2,5,6\n",
        "bad_date",
    ),
    Guess(
        "that weeks are the year's, beside months",
        "they lie in their months",
        "Month,Week,Rep,Calls\nOctober 2026,1,Ann,4\nNovember 2026,1,Bob,5\n",
        "week_outside",
    ),
    Guess(
        "for how long a target beside dates is",
        "a period of its own, of its row or around the table",
        "Calls\nRep,2026-11-02,2026-11-03,Target\nAnn,4,3,60\nBob,5,6,60\n",
        "target_of_what",
    ),
    Guess(
        "what a column is",
        f"a score of {SURE}: a known heading that its cells bear out",
        "Rep,Zzz,Type\nAnn,2026-11-09,Call\nBob,2026-11-10,Email\n",
        "unsure_column",
    ),
    Guess(
        "that a column of wrong dates is the dates",
        "every cell is one",
        "Rep,Date,Type\nAnn,soon,Call\nBob,later,Call\nCid,2026-11-10,Email\n",
        "bad_date",
    ),
    Guess(
        "what a type means",
        "a known word in it",
        "Rep,Date,Type\nAnn,2026-11-09,Call\nBob,2026-11-10,Kaffeklatsch\n",
        "kind_of_value",
    ),
    Guess(
        "which of the kinds that a cell lists was done",
        "it names one",
        'Rep,Date,Type\nAnn,2026-11-09,Call\nBob,2026-11-10,"Call, Email"\n',
        "kind_of_value",
    ),
    Guess(
        "that a bare name beside a person is the rep's",
        "names that repeat, or persons that do",
        "Name,Person,Type,Date\nAnn Lee,Jo Smith,Call,2026-11-09\nBob Ray,Al Kay,Email,2026-11-10\n",
        "unsure_column",
    ),
    Guess(
        "what a type means, in the rows of a table",
        "a known word in it",
        "Rep,Date,Type\nAnn,2026-11-09,Call\nBob,2026-11-10,Kaffeklatsch\n",
        "unknown_kind",
    ),
    Guess(
        "the kind of a table without types",
        "headings or subjects that name it",
        "Rep,Date,Result,Account\nAnn,2026-11-09,Connected,Acme\nBob,2026-11-10,No answer,Beta\n",
        "kind_from_name",
        "calls week 46.csv",
    ),
    Guess(
        "the kind of a row whose subject says nothing",
        "a known word in the subject",
        "Rep,Date,Subject\nAnn,2026-11-09,Call Acme\nBob,2026-11-10,Spring cleaning\n",
        "kind_untold",
    ),
    Guess(
        "whose rows they are",
        "a column, a line above, or a sheet for every rep",
        "Date,Type,Account\n2026-11-09,Call,Acme\n2026-11-10,Email,Beta\n",
        "rep_of_file",
    ),
    Guess(
        "whose rows stand under a name that is written once",
        "every row names its rep",
        "Rep,Date,Type\nAnn,2026-11-09,Call\n,2026-11-10,Call\n,2026-11-11,Email\n"
        "Bob,2026-11-09,Call\n,2026-11-10,Call\n,2026-11-11,Call\n",
        "filled_down",
    ),
    Guess(
        "the year of a week",
        "a year in the label, the file's name, the sheet or a column",
        "Rep,Week,Calls,Emails\nAnn,W44,10,12\nBob,W45,11,9\n",
        "year_of_label",
    ),
    Guess(
        "that a status means done",
        "a known word",
        "Rep,Date,Type,Status\nAnn,2026-11-09,Call,Completed\nBob,2026-11-10,Call,Zurückgestellt X\n",
        "unknown_status",
    ),
    Guess(
        "that an item ahead is a plan",
        "a status, or a day that has passed",
        "Rep,Date,Type\nAnn,2026-11-09,Call\nBob,2026-12-10,Call\n",
        "planned_later",
    ),
    Guess(
        "which way a call went",
        "a known word",
        "Rep,Date,Type,Direction\nAnn,2026-11-09,Call,Outbound\nBob,2026-11-10,Call,Sideways\n",
        "strange_direction",
    ),
    Guess(
        "that rows of one moment are work of their own",
        "nobody did two alike at the same moment",
        "Rep,Date,Type,Company\nAnn,2026-11-09 09:30,Meeting,Acme\nAnn,2026-11-09 09:30,Meeting,Beta\n",
        "same_moment",
    ),
    Guess(
        "the decimal mark",
        "a value that can be read in one way only",
        "Rep,Date,Type,Amount\nAnn,2026-11-09,Call,1.234\nBob,2026-11-10,Call,5.678\n",
        "decimal_mark",
    ),
    Guess(
        "that a strange amount may be left out",
        "it is a number",
        "Rep,Date,Type,Amount\nAnn,2026-11-09,Call,100\nBob,2026-11-10,Call,plenty\n",
        "bad_amount",
    ),
    Guess(
        "how a deal was closed",
        "won or lost",
        "Deal Name,Deal Owner,Create Date,Close Date,Deal Stage,Amount\n"
        "Acme,Ann,2026-11-02,2026-11-09,Closed,100\nBeta,Bob,2026-11-02,2026-11-10,Closed Won,200\n",
        "closed_how",
    ),
    Guess(
        "that ids tell rows apart",
        "no two reps share one",
        "Activity ID,Rep,Date,Type\n1,Ann,2026-11-09,Call\n2,Ann,2026-11-09,Call\n"
        "1,Bob,2026-11-09,Call\n2,Bob,2026-11-09,Call\n",
        "ids_not_unique",
    ),
    Guess(
        "which of two rows with one id holds",
        "the ids are all different",
        "Activity ID,Rep,Date,Type\nA1,Ann,2026-11-09,Call\nA1,Ann,2026-11-10,Call\nA2,Bob,2026-11-09,Call\n"
        "A3,Bob,2026-11-09,Call\nA4,Bob,2026-11-09,Call\n",
        "same_id",
    ),
    Guess(
        "that a column of numbers adds up its neighbours",
        "it names a period or kind of its own",
        "Rep,2026-W44,2026-W45,2026-10\nAnn,3,4,9\nBob,5,6,12\n",
        "adds_up_others",
        "calls.csv",
    ),
    Guess(
        "that a bare number heads a count",
        "a heading that means one",
        "Date,Rep,Type,No.\n2026-11-09,Ann,Call,14\n2026-11-10,Bob,Email,9\n",
        "unsure_column",
    ),
    Guess(
        "that numbers beside an activity are not how many they are",
        "their heading says what they are",
        "Date,Rep,Type,Zzz\n2026-11-09,Ann,Call,14\n2026-11-10,Bob,Email,9\n",
        "numbers_left_out",
    ),
    Guess(
        "that numbers under a strange heading do not say how long somebody is away",
        "a heading that means a share, days or hours",
        "Rep,From,To,Reason,Zzz\nAnn,2026-11-09,2026-11-09,Holiday,0.5\nBob,2026-11-10,2026-11-10,Holiday,1\n",
        "not_understood",
    ),
    Guess(
        "that a strange column of a sheet of quotas bears on none",
        "a heading of the template",
        "quota,who,kind,target,every,Zzz\nCalls,everyone,call,50,week,spring\n",
        "not_understood",
    ),
    Guess(
        "that yes and no under a strange heading do not say whether it was done",
        "they are the same in all rows",
        "Date,Rep,Type,Zzz\n2026-11-09,Ann,Call,Yes\n2026-11-10,Bob,Email,No\n",
        "states_left_out",
    ),
    Guess(
        "that states under a strange heading say whether it was done",
        "a heading that means a status",
        "Date,Rep,Type,Zzz\n2026-11-09,Ann,Call,Done\n2026-11-10,Bob,Email,Not done\n",
        "unsure_column",
    ),
    Guess(
        "that a question nobody understands bears on nothing",
        "its words",
        "Timestamp,What is your name?,How many calls did you make?,Was it a normal day?\n"
        "2026-11-09 16:00,Ann,4,no\n2026-11-10 16:00,Bob,5,yes\n",
        "states_left_out",
    ),
    Guess(
        "that deals without a stage are won",
        "a heading, or a column that says so",
        "Owner,Deal,Date,Amount\nAnn,Acme,2026-11-09,100\nBob,Beta,2026-11-10,200\n",
        "kind_from_name",
        "won deals.csv",
    ),
    Guess(
        "that a row is a total",
        "a name",
        "Rep,Week,Calls,Emails\nAnn,2026-W44,1,2\nBob,2026-W44,3,4\nTotal,2026-W44,4,6\n",
        "total_row",
    ),
    Guess(
        "that numbers are targets",
        "a column of targets beside one of what was done",
        "Weekly targets\nRep,Calls,Emails\nAnn,60,80\nBob,50,70\n",
        "targets_are_quotas",
    ),
    Guess(
        "that numbers are of another time than this",
        "a line above that says so, and periods with their years",
        "Last year\nRep,Week,Calls,Emails\nAnn,2026-W44,60,80\nBob,2026-W44,50,70\n",
        "not_actuals",
    ),
    Guess(
        "that a row says something of the reps beside it",
        "a word that is nobody's name, or numbers that are the greatest of each column",
        "Rep,Week,Calls,Emails\nAnn,2026-W44,1,2\nBob,2026-W44,3,4\nMedian,2026-W44,2,3\n",
        "statistics_row",
    ),
    Guess(
        "that a table with the rows of another one is none of its copies",
        "a name of its own, and few rows",
        "New\nRep,Week,Calls\nAnn,2026-W44,1\nBob,2026-W44,3\n\nOld\nRep,Week,Calls\nAnn,2026-W44,1\nBob,2026-W44,3\n",
        "equals_other_table",
    ),
    Guess(
        "that a row named Best is a person's",
        "rows of other reps below it",
        "Rep,Week,Calls,Emails\nAnn,2026-W44,1,2\nBob,2026-W44,3,4\nBest,2026-W44,7,1\n",
        "maybe_statistic",
    ),
    Guess(
        "that numbers of a time to come are done",
        "a period that has begun",
        "Rep,Week,Calls\nAnn,2026-W44,1\nBob,2026-W52,3\n",
        "lies_ahead",
    ),
    Guess(
        "that a column is a forecast",
        "a heading without such a word",
        "Rep,2026-W44,2026-W45 (forecast)\nAnn,1,2\nBob,3,4\n",
        "forecast",
        "calls.csv",
    ),
    Guess(
        "that a row is a part of another row",
        "a number above that one's",
        "Rep,Type,2026-W44,2026-W45\nAnn,Calls,10,20\nAnn,New calls,4,5\nBob,Calls,11,12\n",
        "part_row",
    ),
    Guess(
        "that a row of rates counts nothing",
        "a type without such a word",
        "Rep,Type,2026-W44,2026-W45\nAnn,Calls,10,20\nAnn,Call rate,4,5\nBob,Calls,11,12\n",
        "rate_row",
    ),
    Guess(
        "that a row named after a team is a rep's",
        "no rows named otherwise",
        "Rep,Week,Calls\nAnn,2026-W44,1\nBob,2026-W44,3\nTeam North,2026-W44,5\n",
        "maybe_statistic",
    ),
    Guess(
        "that a row is an example",
        "a rep's name that does not begin so",
        "Rep,Week,Calls\ne.g. Jane,2026-W44,1\nBob,2026-W44,3\n",
        "example_row",
    ),
    Guess(
        "that a line below is no row",
        "more than one cell",
        "Rep,Date,Type,Account\nAnn,2026-11-09,Call,Acme\nBob,2026-11-10,Call,Beta\n"
        "Confidential Information,,,\n",
        "footer",
    ),
    Guess(
        "what a table is about",
        "its required columns are there",
        "Colour,Size\nred,3\nblue,4\n",
        "unknown_layout",
    ),
    Guess(
        "what a bare target is for",
        "one kind counted, or a target behind every count",
        "Rep,Week,Calls,Meetings,Target\nAnn,2026-W45,35,3,50\nBob,2026-W45,41,4,50\n",
        "target_of_what",
    ),
    Guess(
        "which of two numbers in a cell counts",
        "one number in each cell",
        "Rep,Week,Calls\nAnn,2026-W45,35/50\nBob,2026-W45,41/50\n",
        "two_numbers",
    ),
)


@pytest.mark.parametrize("guess", GUESSES, ids=lambda guess: f"{guess.code}: {guess.what}")
def test_what_is_guessed_is_said(guess: Guess) -> None:
    choices = Choices(today=date(2026, 11, 21), **guess.choices)  # type: ignore[arg-type]
    tables = read_file(guess.text.encode(), guess.name, choices).tables
    said = {question.code for table in tables for question in table.questions}
    said |= {code for table in tables for code in table.issues["code"]}
    said |= {match.reason_code for table in tables for match in table.columns}
    assert guess.code in said
    for lang in i18n.LANGUAGES:
        assert any(f"{part}.{guess.code}" in i18n.catalogue(lang) for part in ("question", "issue", "reason"))


def test_what_is_plain_is_not_doubted() -> None:
    text = "Rep,Date,Type,Direction,Status\nAnn,2026-11-09,Call,Outbound,Completed\n"
    (table,) = read_file(text.encode(), "export.csv", Choices(today=date(2026, 11, 21))).tables
    assert table.accepted == 1
    assert (table.questions, len(table.issues)) == ((), 0)
