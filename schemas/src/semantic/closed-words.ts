import { closedSet, closedWords } from "../closed-set.ts";

/** RFC 9110, PATCH and QUERY. */
export const HTTP_METHODS: ReadonlySet<string> = new Set(
  "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY".split(" "),
);

/** `db.system.name`, and what `db.system` called it. */
export const databases = closedSet({
  postgresql: "postgres",
  mysql: "",
  mariadb: "",
  sqlite: "sqlite3",
  "microsoft.sql_server": "mssql sqlserver",
  "oracle.db": "oracle",
  mongodb: "mongo",
  redis: "",
  memcached: "",
  elasticsearch: "",
  opensearch: "",
  cassandra: "",
  clickhouse: "",
  cockroachdb: "",
  couchdb: "",
  couchbase: "",
  "aws.dynamodb": "dynamodb",
  "aws.redshift": "redshift",
  "azure.cosmosdb": "cosmosdb",
  "gcp.spanner": "spanner",
  "ibm.db2": "db2",
  "ibm.informix": "informix",
  firebirdsql: "firebird",
  h2database: "h2",
  hsqldb: "",
  derby: "",
  hbase: "",
  hive: "",
  influxdb: "",
  neo4j: "",
  "sap.hana": "hanadb",
  "sap.maxdb": "maxdb",
  teradata: "",
  trino: "",
  duckdb: "",
  valkey: "",
  other_sql: "",
});

export const operations = closedWords(
  "SELECT INSERT UPDATE DELETE REPLACE MERGE UPSERT CREATE DROP ALTER TRUNCATE BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE " +
    "PRAGMA EXPLAIN WITH CALL EXEC EXECUTE SET SHOW USE GRANT REVOKE VACUUM ANALYZE COPY LOCK DECLARE FETCH BATCH PREPARE " +
    "DEALLOCATE connect ping find findOne findAndModify aggregate count distinct getMore bulkWrite createIndexes " +
    "GET MGET MSET DEL HGET HSET HGETALL HDEL INCR DECR EXPIRE EXISTS TTL LPUSH RPUSH LPOP RPOP LRANGE SADD SREM SMEMBERS " +
    "ZADD ZREM ZRANGE PUBLISH SUBSCRIBE EVAL EVALSHA MULTI EXISTS SCAN KEYS PIPELINE search index bulk",
);

export const languages = closedWords(
  "cpp dotnet erlang go java nodejs php python ruby rust swift webjs",
);

/** Any name that a specification gives a protocol. */
export const protocols = closedWords(
  "http amqp mqtt grpc ws websocket kafka spdy stomp nats jms redis postgresql mysql",
);
export const transports = closedSet({
  tcp: "ip_tcp",
  udp: "ip_udp",
  pipe: "",
  unix: "",
  quic: "",
  inproc: "",
});
export const messagingSystems = closedSet({
  activemq: "",
  "aws.sns": "",
  aws_sqs: "AmazonSQS sqs",
  eventgrid: "",
  eventhubs: "",
  gcp_pubsub: "",
  jms: "",
  kafka: "",
  pulsar: "",
  rabbitmq: "",
  rocketmq: "",
  servicebus: "",
  nats: "",
  redis: "",
  celery: "",
  bullmq: "bull",
});
export const rpcSystems = closedWords(
  "grpc jsonrpc connect_rpc connectrpc dubbo apache_dubbo dotnet_wcf onc_rpc java_rmi aws-api trpc",
);
