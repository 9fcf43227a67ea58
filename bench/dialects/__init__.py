"""How well dirty csv files are read: a corpus with known truth, and what each detector makes of it."""
