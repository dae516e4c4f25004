{{ familles() }}
