"""quota: activity quotas, pace and funnel conversion from any activity export."""

__version__ = "0.1.0"
