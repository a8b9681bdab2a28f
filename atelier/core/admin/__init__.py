"""What the operators' lists share."""
