{{ suivis() }}
