{{ clos() }}
