select * from fines
