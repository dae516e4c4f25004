{{ places() }}
