"""What is not an operation of the API: pages, health, metrics, the OpenAPI document."""
