{{ totaux_cubes() }}
