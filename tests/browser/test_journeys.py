"""What people do, from the first visit on, in Chromium."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from docs.screenshots import load_sample, serve, settle
from tests.browser.conftest import Visitor

WEEK = (
    "Assigned,Date,Type,Status\n"
    "Ann Bay,2026-11-16,Call,Completed\n"
    "Ann Bay,2026-11-17,Email,Completed\n"
    "Bob Cay,2026-11-17,Call,Completed\n"
    "Bob Cay,2026-11-20,Meeting,Planned\n"
    "Bob Cay,not a date,Call,Completed\n"
)
PAGES = {
    "Overview": "4 of 11 reps are on pace",
    "Progress": "7 of 11 reps are behind or at risk",
    "Funnel": "476 touches became 10 opportunities",
    "Leaderboard": "Raj Patel leads with 75%",
    "Data": "Bring in an export",
    "Quotas and people": "Who should do how much",
}


def turn_to(page: Page, name: str) -> None:
    """Choose a page in the navigation on top."""
    group = "Set up" if name in ("Data", "Quotas and people") else "Look"
    page.get_by_test_id("stTopNavSection").filter(has_text=group).click()
    page.get_by_role("menuitem", name=name).click()
    settle(page)


def test_the_first_visit_the_sample_and_every_page(empty_app: Visitor) -> None:
    page = empty_app.open()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Who is on pace")
    load_sample(page, empty_app.address)
    for name, said in PAGES.items():
        turn_to(page, name)
        expect(page.get_by_role("heading", level=1)).to_contain_text(said)
        expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_an_export_is_uploaded_and_the_numbers_appear(empty_app: Visitor, tmp_path: Path) -> None:
    (tmp_path / "week.csv").write_text(WEEK)
    page = empty_app.open()
    page.get_by_role("button", name="Upload an export").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "week.csv")
    expect(page.get_by_text("5 rows: 3 taken, 1 left out, 1 refused")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("3 new, 1 planned, 1 refused")).to_be_visible()
    settle(page)
    page.get_by_text("See the rows that were not taken").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save this list").click()
    lines = saved.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Sheet,Row,Column,Value,What becomes of it,Why,Assigned")
    assert "not a date" in lines[2]
    turn_to(page, "Overview")
    expect(page.get_by_test_id("stMetricValue").nth(2)).to_have_text("3")
    assert page.url.endswith("/") or "?" in page.url


def test_three_files_questions_receipt_correction_and_undo(empty_app: Visitor, tmp_path: Path) -> None:
    (tmp_path / "week.csv").write_text(WEEK)
    (tmp_path / "unsure.csv").write_text("Rep;Date;Type\nDan Day;03/04/2026;Call\nDan Day;05/06/2026;Call\n")
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 nonsense")
    page = empty_app.open("/data")
    files = page.locator("input[type=file]")
    files.set_input_files([tmp_path / name for name in ("bad.xlsx", "unsure.csv", "week.csv")])
    expect(page.get_by_text("bad.xlsx is damaged")).to_be_visible()
    expect(page.get_by_text("1 question before this can be counted")).to_be_visible()
    settle(page)
    page.get_by_text("Day first: 3 Apr 2026").click()
    page.get_by_role("button", name="Use these answers").click()
    page.get_by_role("button", name="Import all 2 files").click()
    expect(page.get_by_text("3 new, 1 planned, 1 refused")).to_be_visible()
    expect(page.get_by_text("2 new", exact=True)).to_be_visible()
    settle(page)
    page.get_by_text("See the rows that were not taken").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the refused rows to correct them").click()
    saved.value.save_as(tmp_path / "refused.xlsx")
    book = openpyxl.load_workbook(tmp_path / "refused.xlsx")
    book.worksheets[0]["B2"] = "2026-11-18"
    book.save(tmp_path / "corrected.xlsx")
    files.set_input_files(tmp_path / "corrected.xlsx")
    expect(page.get_by_text("corrected.xlsx", exact=True)).to_be_visible()
    settle(page)
    page.locator("[class*=st-key-draft]", has_text="corrected.xlsx").get_by_role(
        "button", name="Import"
    ).click()
    expect(page.get_by_text("1 new", exact=True)).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("corrected.xlsx (undone)")).to_be_visible()


def test_a_deep_link_on_a_fresh_server_and_f5_keep_the_view(sample_app: Visitor) -> None:
    page = sample_app.open("/funnel?period=2026-09&rep=Raj+Patel&against=year")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("400 touches became 30 opportunities: 7.5%")
    expect(page.get_by_text("September 2025 in grey")).to_be_visible()
    page.reload()
    settle(page)
    expect(title).to_have_text("400 touches became 30 opportunities: 7.5%")
    assert "period=2026-09&rep=Raj+Patel&against=year" in page.url


def test_choices_go_into_the_address_and_along_to_other_pages(sample_app: Visitor) -> None:
    page = sample_app.open("/progress")
    page.get_by_role("radio", name="Month").click()
    settle(page)
    page.get_by_role("combobox", name="Team").click()
    page.get_by_role("option", name="Boston").click()
    settle(page)
    assert "period=2026-09&team=Boston" in page.url
    turn_to(page, "Leaderboard")
    assert "/leaderboard?period=2026-09&team=Boston" in page.url
    page.go_back()
    settle(page)
    assert "/progress?period=2026-09&team=Boston" in page.url
    expect(page.get_by_text("September 2026").first).to_be_visible()


def test_a_click_on_a_row_opens_the_rep_and_back_returns(sample_app: Visitor) -> None:
    page = sample_app.open("/leaderboard")
    grid = page.get_by_test_id("stDataFrame").locator(".dvn-scroller")
    while "rep=" not in page.url:  # the grid is a picture: it may not be drawn yet
        grid.click(position={"x": 180, "y": 52})
        page.wait_for_timeout(2_000)
    settle(page)
    expect(page.get_by_role("button", name="Everybody")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Raj Patel")
    assert "/progress?rep=Raj+Patel" in page.url
    page.get_by_role("button", name="Everybody").click()
    settle(page)
    assert "rep=" not in page.url


def test_another_language_changes_everything_and_stays(sample_app: Visitor) -> None:
    page = sample_app.open()
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="Dansk").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("4 af 11 sælgere er på kurs")
    assert "lang=da" in page.url
    page.reload()
    expect(title).to_have_text("4 af 11 sælgere er på kurs")


def test_an_import_is_undone_and_brought_back(sample_app: Visitor) -> None:
    page = sample_app.open("/data")
    page.get_by_role("button", name="Undo").nth(1).click()
    expect(page.get_by_text("deals.csv (undone)")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_text("deals.csv (undone)")).to_have_count(0)


def test_hostile_names_are_shown_and_never_run(empty_app: Visitor, tmp_path: Path) -> None:
    name = "www.evil.com a@b.co <img src=x onerror=alert(1)> "
    name += "![x](http://evil.example/x.png) [y](javascript:alert(2))"
    (tmp_path / "week.csv").write_text(WEEK.replace("Ann Bay", name))
    page = empty_app.open("/data")
    page.locator("input[type=file]").set_input_files(tmp_path / "week.csv")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("3 new, 1 planned")).to_be_visible()
    for path in ("/", "/progress", "/progress?show=chart", "/funnel?by=rep", "/leaderboard"):
        page.goto(empty_app.address + path)
        settle(page)
        page.wait_for_timeout(500)
        assert page.locator("img[src*=evil], img[src=x]").count() == 0
        assert page.locator("a[href*=evil], a[href^=javascript], a[href^=mailto]").count() == 0


def test_a_workspace_that_cannot_be_reached_is_one_sentence(visitor: Visitor, tmp_path: Path) -> None:
    (tmp_path / "workspace").write_text("a file in the way")
    with serve(tmp_path / "workspace") as visitor.address:
        page = visitor.open("/progress")
        expect(page.get_by_text("cannot be reached or written to")).to_be_visible()
        expect(page.get_by_text("Traceback")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/_stcore/health"])
def test_security_headers_on_every_response(empty_app: Visitor, path: str) -> None:
    with urllib.request.urlopen(empty_app.address + path) as answer:
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
