"""The Web API: a row for each method, in one file for each family of them. The table of all is ``table.METHODS``."""
