"""Bytes in, links out: where pictures are kept and how clients reach them."""
