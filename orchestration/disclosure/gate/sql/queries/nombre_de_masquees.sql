select count(*) as cellules from masquees
