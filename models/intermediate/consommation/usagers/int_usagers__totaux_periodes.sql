{{ totaux_periodes() }}
