"""The description of the routes that is published as `/openapi.json`."""
