"""elia-py: an export as JSON, between two moments, as a program of another portal asks for it."""

import datetime as dt
import json
import sys

from elia.elia import EliaPandasClient


class Client(EliaPandasClient):
    """The same client, at another address."""

    BASE_URL = f"{sys.argv[1]}/api/explore/v2.1/"


def main() -> None:
    """Print what the client returned, through the functions that all its questions go through."""
    client = Client()
    start = dt.datetime(2020, 1, 5, tzinfo=dt.UTC)
    where = client._construct_where_filter(
        start=start,
        end=start + dt.timedelta(days=10),
        datetime_field="instant",
        params={"where": "actif"},
    )
    frame = client._execute_query("types", {"where": where, "limit": 100})
    frame = client._process_results(frame, datetime_field="instant")
    result = {
        "ids": sorted(int(value) for value in frame["id"]),
        "dans_l_ordre": bool(frame.index.is_monotonic_increasing),
        "fuseau": str(frame.index.tz),
    }
    print(json.dumps(result))


main()
