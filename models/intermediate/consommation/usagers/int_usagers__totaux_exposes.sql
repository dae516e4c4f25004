{{ totaux_exposes() }}
