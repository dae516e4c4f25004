select count(*) as lignes from unanimes
