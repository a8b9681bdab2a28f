"""Callers with a token of the platform around this service."""
