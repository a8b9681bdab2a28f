"""Webhooks: tells the outside what happened. Nobody but the wiring imports it."""
