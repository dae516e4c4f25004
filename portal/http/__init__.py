"""What every request meets around its handler, inner layer last; no answer of any interface.

protocol: what must be done before there is a request. log: the outer layer, one line a request.
headers: CORS, security, OPTIONS, compression. limits: calls a day, address, body, time.
error_responses: from errors to answers. file_response: a file, its conditions and ranges.
request: the id, the client and the route of a request.
"""
