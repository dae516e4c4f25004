{{ partition() }}
