"""The app as a web server: `streamlit run app.py`.

The script that draws the pages is `quota/ui/shell.py`. It does not stand beside `pages/`,
because Streamlit would then serve a deep link without running it first.
"""

import streamlit as st
from starlette.middleware import Middleware

from quota.ui.faults import explain
from quota.ui.headers import SecurityHeaders

app = st.App("quota/ui/shell.py", middleware=[Middleware(SecurityHeaders)], on_script_error=explain)

if __name__ == "__main__":
    app.run()
