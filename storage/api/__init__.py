"""The edge of storage: the local backend's bytes over HTTP."""
