{{ editions() }}
