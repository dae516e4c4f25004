{{ groupes() }}
