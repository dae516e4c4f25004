{{ communs() }}
