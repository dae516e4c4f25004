{{ totaux_repetees() }}
