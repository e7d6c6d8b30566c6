"""Asks the SQL endpoint as Python's clickhouse-connect does, and prints one JSON object of what came
back. Arguments: host, port, path, token."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import clickhouse_connect
from clickhouse_connect.driver.exceptions import ClickHouseError

host, port, path, token = sys.argv[1:5]
where = {"host": host, "port": int(port), "proxy_path": path, "username": "python"}

TYPES = """SELECT toUUID('6f1c2a7e-3f0b-4d52-9c55-0d9a4b1f7e21') AS id,
  toDateTime64('2026-11-20 12:00:00.123', 3, 'UTC') AS at,
  CAST(map('a', 'b'), 'Map(LowCardinality(String), String)') AS properties,
  CAST(NULL, 'Nullable(DateTime64(3, \\'UTC\\'))') AS nothing,
  CAST('x', 'Nullable(String)') AS something,
  toLowCardinality('linux') AS platform,
  ['1.0.0', '2.0.0'] AS versions,
  CAST(true, 'Bool') AS admitted,
  toUInt64(18446744073709551615) AS big,
  1.5 AS number
FROM numbers(2)"""

ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1"


def error_of(work):
    try:
        work()
    except ClickHouseError as error:
        return str(error)
    return "no error"


client = clickhouse_connect.get_client(**where, password=token)
out = {"ping": client.ping(), "version": client.server_version}
# A session is its default: queries of one client could not run in parallel.
loose = clickhouse_connect.get_client(**where, password=token, autogenerate_session_id=False)


def add(number):
    return loose.query(f"SELECT sum(number) + {number} FROM numbers(1000000)").result_rows[0][0]


out["parameters"] = client.query(
    "SELECT toInt64({a:UInt32} + length({b:String}))", parameters={"a": 40, "b": "it's"}
).result_rows
rows = client.query(TYPES).result_rows
out["rows"] = len(rows)
out["types"] = [str(value) for value in rows[0]]
out["tables"] = [row[0] for row in client.query("SHOW TABLES").result_rows]
out["insert"] = error_of(lambda: client.insert("heartbeats", [["x"]], column_names=["app"]))
out["create"] = error_of(lambda: client.command("CREATE TABLE u (a UInt8) ENGINE = Memory"))
out["mistake"] = error_of(lambda: client.query("SELECT nope"))
with ThreadPoolExecutor(2) as pool:
    out["parallel"] = list(pool.map(add, [0, 1]))
big = client.query("SELECT toString(number) AS a, number AS b FROM numbers(100000)").result_rows
out["big"] = sum(1 for a, b in big if a == str(b))
hasty = clickhouse_connect.get_client(**where, password=token, send_receive_timeout=1, query_retries=0)
out["timeout"] = error_of(lambda: hasty.query(ENDLESS))
out["after"] = client.query("SELECT 1").result_rows
out["wrong"] = error_of(lambda: clickhouse_connect.get_client(**where, password="x" * 20))
print(json.dumps(out))
