"""Bytes of an export → tidy rows and issues: grids → table → columns → rows."""

from quota.ingest.records import Choices, FileReading, Match, Preset, Question, TableReading

__all__ = ["Choices", "FileReading", "Match", "Preset", "Question", "TableReading"]
