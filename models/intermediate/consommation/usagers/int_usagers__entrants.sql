{{ entrants() }}
