"""What a viewer sees when something fails: one sentence, never a stack trace."""

from __future__ import annotations

import logging

import streamlit as st

from quota.errors import QuotaError
from quota.i18n import error_message, text
from quota.ui.sidebar import spoken
from quota.ui.words import plain

_LOG = logging.getLogger(__name__)


def explain(error: Exception) -> bool:
    """Say what happened in the viewer's language, write the rest to the server's log. Always True."""
    lang = spoken()
    if isinstance(error, QuotaError):
        st.error(plain(error_message(error, lang)))
    else:
        _LOG.exception("a page failed", exc_info=error)
        st.error(text("fault.unexpected", lang))
    return True
