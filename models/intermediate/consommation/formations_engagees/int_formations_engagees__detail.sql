{{ detail() }}
