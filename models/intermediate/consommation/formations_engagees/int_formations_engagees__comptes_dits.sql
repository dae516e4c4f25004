{{ comptes_dits() }}
