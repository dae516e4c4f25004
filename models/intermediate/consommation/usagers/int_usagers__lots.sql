{{ lots() }}
