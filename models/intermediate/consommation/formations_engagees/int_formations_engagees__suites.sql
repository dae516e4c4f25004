{{ suites() }}
