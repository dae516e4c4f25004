{{ lignes() }}
