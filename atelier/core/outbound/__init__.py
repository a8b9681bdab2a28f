"""Calls to addresses that strangers give: what may be called, and how."""
