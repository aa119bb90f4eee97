"""The report of an analysis: its stored document as sections, and sections as HTML, PDF and tables.

`source` is what a report is made from, the builders in `report` turn it into `blocks`, and `html` and `pdf` set these;
`values` writes the raw values. Nothing in here knows Django, and only a worker imports it: matplotlib, reportlab and
pyarrow are heavy.
"""
