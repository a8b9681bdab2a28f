"""Programs that draw one picture with a generated client. Each prints its status and the size of the file as JSON."""
