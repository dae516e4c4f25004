"""The pages of the diagnosis, on a portal of their own."""
