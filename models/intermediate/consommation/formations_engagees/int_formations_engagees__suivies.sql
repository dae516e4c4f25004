{{ suivies() }}
