{{ totaux() }}
