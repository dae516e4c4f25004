select * from arbres
