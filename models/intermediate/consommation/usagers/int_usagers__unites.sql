{{ unites() }}
