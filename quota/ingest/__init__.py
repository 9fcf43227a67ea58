"""Bytes of an export → tidy rows and issues: grids → table → columns → rows."""

from quota.ingest.grids import Remark
from quota.ingest.records import Choices, FileReading, Match, Plain, Preset, Question, TableReading

__all__ = ["Choices", "FileReading", "Match", "Plain", "Preset", "Question", "Remark", "TableReading"]
