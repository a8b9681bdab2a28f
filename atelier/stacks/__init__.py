"""Whole installations of Atelier on one machine: the embedded one and the server one."""
