{{ totaux_cellules() }}
