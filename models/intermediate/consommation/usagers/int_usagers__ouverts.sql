{{ ouverts() }}
