{{ totaux_changements() }}
