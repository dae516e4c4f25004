{{ comptes() }}
