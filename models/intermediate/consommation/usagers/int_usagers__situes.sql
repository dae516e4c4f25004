{{ situes() }}
