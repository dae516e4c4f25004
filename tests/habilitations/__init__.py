"""The signals of authorisation: their known answers, and what each rule changes."""
