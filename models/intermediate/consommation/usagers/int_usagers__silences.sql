{{ silences() }}
