"""Base classes, filters and columns of the admin's lists."""
