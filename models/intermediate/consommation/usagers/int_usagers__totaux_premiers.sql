{{ totaux_premiers() }}
