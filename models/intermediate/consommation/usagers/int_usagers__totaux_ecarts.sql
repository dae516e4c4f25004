{{ totaux_ecarts() }}
