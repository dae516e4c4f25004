{{ totaux_financements() }}
