"""A Flask app over SQLite under a stock OpenTelemetry SDK, asked for real. Everything personal that an
app can have stands in it: paths, queries, headers, statements, messages of logs and exceptions. Where to
send is in the SDK's own variables. Prints one JSON object: what was asked for."""

import json
import logging
import sys
import threading

import requests
from flask import Flask, request
from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from sqlalchemy import create_engine, text
from werkzeug.serving import make_server

database = sys.argv[1]

tracing = TracerProvider()
tracing.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(tracing)
metering = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
metrics.set_meter_provider(metering)
logs = LoggerProvider()
logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
logger = logging.getLogger("walrus.app")
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(LoggingHandler(logger_provider=logs))

app = Flask(__name__)
app.logger.disabled = True
logging.getLogger("werkzeug").disabled = True
FlaskInstrumentor().instrument_app(app)
RequestsInstrumentor().instrument()
engine = create_engine(f"sqlite:///{database}")
SQLAlchemyInstrumentor().instrument(engine=engine)

meter = metrics.get_meter("timetracker", "5.10.0")
pages = meter.create_counter("timetracker.pages", description="Pages of Grace Walrus")
sizes = meter.create_histogram("timetracker.page.size", unit="By")
meter.create_observable_gauge(
    "timetracker.active_timers",
    [lambda _options: [metrics.Observation(3, {"user.email": "grace@walrus.example"})]],
)


@app.get("/projects/<int:project_id>")
def project(project_id):
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS walrus (name TEXT)"))
        connection.execute(text("INSERT INTO walrus VALUES ('Grace Walrus')"))
        connection.execute(text("SELECT * FROM walrus WHERE name = 'grace@walrus.example'"))
        connection.commit()
    pages.add(1, {"http.route": request.url_rule.rule, "url.full": request.url})
    sizes.record(512, {"client.address": request.remote_addr})
    logger.warning("Grace Walrus opened %s", request.url, extra={"user.email": "grace@walrus.example"})
    return "done"


@app.get("/clients/<name>")
def client(name):
    raise ValueError(f"Cannot mail {name}@walrus.example at 203.0.113.77")


@app.get("/logged")
def logged():
    try:
        raise KeyError("grace@walrus.example")
    except KeyError:
        logger.exception("Walrus was not found")
    return "done"


server = make_server("127.0.0.1", 0, app)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://localhost:{server.server_port}"
headers = {
    "User-Agent": "Mozilla/5.0 (Walrus OS)",
    "Cookie": "session=walrus-cookie",
    "X-Forwarded-For": "203.0.113.77",
    "Referer": "https://walrus.example/",
}
paths = [
    "/projects/4711?email=grace@walrus.example",
    "/projects/4712?token=walrus-secret",
    "/clients/walrus",
    "/logged?who=walrus",
    "/home/walrus/nothing",
]
statuses = [requests.get(base + path, headers=headers, timeout=10).status_code for path in paths]
try:
    requests.get("http://walrus.invalid/home/walrus?q=walrus", timeout=5)
except requests.ConnectionError:
    pass
server.shutdown()
for provider in (tracing, metering, logs):
    provider.shutdown()
print(json.dumps({"statuses": statuses}))
