"""What travels through the broker: queues, the outbox and its relay, who reacts to which event."""
