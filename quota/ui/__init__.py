"""The browser side: the only package that imports Streamlit.

A page chooses (what the viewer asked for), computes (`answers` and the metrics, through
`cache`) and draws (`widgets`, `quota.charts`). No module here may be named like a library:
Streamlit puts this folder first on the import path.
"""
