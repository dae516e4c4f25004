{{ sortants() }}
