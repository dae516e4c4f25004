{{ etats() }}
