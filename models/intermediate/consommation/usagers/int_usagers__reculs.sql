{{ reculs() }}
