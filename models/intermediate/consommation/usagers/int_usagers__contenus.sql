{{ contenus() }}
