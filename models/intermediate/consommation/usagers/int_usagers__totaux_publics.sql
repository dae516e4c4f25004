{{ totaux_publics() }}
